import type { Clock, DisconnectPolicy } from '@tokenwire/protocol';

/**
 * Knows whether anybody reads a generation, and acts on the declared policy when nobody does.
 * A disconnect is not a stop: it only starts the grace period.
 */
export class Presence {
  readonly #clock: Clock;
  /** Undefined: a generation that nobody reads goes on. */
  readonly #graceMs: number | undefined;
  readonly #onAbandoned: () => void;
  #readers = 0;
  #closed = false;
  #callOff: (() => void) | undefined;
  readonly #leases = new Set<() => void>();

  constructor(clock: Clock, policy: DisconnectPolicy, onAbandoned: () => void) {
    this.#clock = clock;
    this.#graceMs = policy === 'continue' ? undefined : policy === 'cancel' ? 0 : policy.graceMs;
    this.#onAbandoned = onAbandoned;
    // Whoever started the generation has not had the time to read yet, even under `cancel`.
    this.#wait(this.#graceMs || FIRST_READER_MS);
  }

  get readers(): number {
    return this.#readers;
  }

  /** A reader arrives. The returned function lets it go, at once or after a lease; calling it again does nothing. */
  enter(): (leaseMs?: number) => void {
    this.#readers += 1;
    this.#callOff?.();
    this.#callOff = undefined;
    let left = false;
    return (leaseMs = 0) => {
      if (left) return;
      left = true;
      if (leaseMs === 0 || this.#closed || this.#graceMs === undefined) return this.#leave();
      const callOff = this.#clock.after(leaseMs, () => (this.#leases.delete(callOff), this.#leave()), BACKGROUND);
      this.#leases.add(callOff);
    };
  }

  /** Nothing is left to watch: releases all timers. */
  close(): void {
    this.#closed = true;
    this.#callOff?.();
    for (const callOff of this.#leases) {
      callOff();
      this.#readers -= 1;
    }
    this.#leases.clear();
  }

  #leave(): void {
    this.#readers -= 1;
    if (this.#readers === 0) this.#wait(this.#graceMs ?? 0);
  }

  #wait(delayMs: number): void {
    if (this.#closed || this.#graceMs === undefined) return;
    this.#callOff = this.#clock.after(delayMs, this.#onAbandoned, BACKGROUND);
  }
}

/** How long the first reader may take to arrive where there is no grace, in milliseconds. */
const FIRST_READER_MS = 10_000;
const BACKGROUND = { background: true };
