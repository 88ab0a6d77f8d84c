import type { Clock } from '@tokenwire/protocol';

import type { Chance } from './chance.js';
import type { Line } from './plan.js';

/** What travels as a whole: an event, a heartbeat, an answer. */
export interface Parcel {
  readonly body: unknown;
  readonly bytes: number;
}

/** Node's and the servers' limit: from here on `write` says false, and nobody writes until `drain`. */
export const HIGH_WATER_BYTES = 64 * 1024;

export interface PipeOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly line: Line;
  /** Called when somebody writes although the last write said false. */
  readonly onOverflow: (queuedBytes: number) => void;
}

/**
 * One direction of a connection, with the flow control of a TCP socket in Node: what is written waits in the server's
 * memory, travels as far as the receiver's window has room, and arrives in order, in pieces of any size.
 */
export class Pipe {
  readonly #options: PipeOptions;
  readonly #queue: Parcel[] = [];
  #queuedBytes = 0;
  /** Sent, and not taken by the receiver: limited by the window. */
  #unreadBytes = 0;
  #arrived: Parcel[] = [];
  /** On the way, oldest first. Whatever its timer does, nothing overtakes. */
  readonly #flying: (() => void)[] = [];
  #lastArrivalMs = 0;
  #ending = false;
  /** Nothing more arrives; with an error, the receiver is told. */
  #over: { readonly error: Error | undefined } | undefined;
  #closed = false;
  #dark = false;
  readonly #timers = new Set<() => void>();
  readonly #waiting = new Set<(ok: boolean) => void>();
  #wake: (() => void) | undefined;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  /** True while what was written has not left. */
  get full(): boolean {
    return this.#queuedBytes >= HIGH_WATER_BYTES;
  }

  /** Accepts in any case. False means: wait until it has drained. */
  write(parcels: readonly Parcel[]): boolean {
    if (this.full) this.#options.onOverflow(this.#queuedBytes);
    if (this.#closed || this.#ending) return true;
    for (const parcel of parcels) {
      this.#queue.push(parcel);
      this.#queuedBytes += parcel.bytes;
    }
    this.#pump();
    return !this.full;
  }

  /** Resolves when everything has left; to false when that takes longer, or cannot happen any more. */
  drained(limitMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    if (this.#queue.length === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (ok: boolean): void => {
        callOff();
        this.#waiting.delete(settle);
        resolve(ok);
      };
      const callOff = this.#options.clock.after(limitMs, () => settle(false));
      this.#waiting.add(settle);
    });
  }

  /** Nothing more will be written: the receiver gets the end after everything else. */
  end(): void {
    this.#ending = true;
    this.#pump();
  }

  /** What has arrived, as soon as there is something; undefined at the end. @throws {Error} when the connection broke. */
  async receive(): Promise<readonly Parcel[] | undefined> {
    while (this.#arrived.length === 0) {
      if (this.#over?.error) throw this.#over.error;
      if (this.#over) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const parcels = this.#arrived;
    this.#arrived = [];
    for (const { bytes } of parcels) this.#unreadBytes -= bytes;
    this.#pump();
    return parcels;
  }

  /** The end comes early: what has not left is lost. */
  truncate(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.end();
  }

  /** The sender learns that nothing will leave any more. */
  close(): void {
    this.#closed = true;
    if (!this.#ending) this.#queue.length = 0;
    for (const settle of this.#waiting) settle(false);
  }

  /** The receiver gets nothing more. `keep`: what has arrived can still be read. */
  break(error: Error | undefined, keep = false): void {
    if (this.#over) return;
    this.#over = { error };
    if (!keep) this.#arrived = [];
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
    this.#wake?.();
  }

  /** From now on nothing arrives, and nobody is told. */
  goDark(): void {
    this.#dark = true;
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
  }

  #pump(): void {
    const { windowBytes } = this.#options.line;
    while (!this.#over && !this.#dark && this.#queue.length > 0 && this.#unreadBytes < windowBytes) {
      const segment = this.#segment(windowBytes - this.#unreadBytes);
      const bytes = segment.reduce((sum, parcel) => sum + parcel.bytes, 0);
      this.#queuedBytes -= bytes;
      this.#unreadBytes += bytes;
      this.#travel(bytes, () => this.#arrived.push(...segment));
    }
    if (this.#queue.length > 0) return;
    for (const settle of this.#waiting) settle(true);
    if (this.#ending && !this.#over && !this.#dark) {
      this.#ending = false;
      this.#travel(0, () => this.break(undefined, true));
    }
  }

  /** As much as has room, or less: at least one parcel. */
  #segment(room: number): Parcel[] {
    const { chance } = this.#options;
    const most = chance.is(0.2) ? chance.int(1, 3) : this.#queue.length;
    let count = 0;
    for (let left = room; count < most && (count === 0 || left > 0); count += 1) left -= this.#queue[count]?.bytes ?? 0;
    return this.#queue.splice(0, count);
  }

  #travel(bytes: number, arrive: () => void): void {
    const { clock, chance, line } = this.#options;
    const delayMs = line.latencyMs + line.jitterMs * chance.next();
    const atMs = Math.max(this.#lastArrivalMs, clock.now() + delayMs) + bytes / line.bytesPerMs;
    this.#lastArrivalMs = atMs;
    this.#flying.push(arrive);
    const callOff = clock.after(atMs - clock.now(), () => {
      this.#timers.delete(callOff);
      this.#land(arrive);
      this.#wake?.();
    });
    this.#timers.add(callOff);
  }

  #land(last: () => void): void {
    const count = this.#flying.indexOf(last) + 1;
    for (const arrive of this.#flying.splice(0, count)) arrive();
  }
}
