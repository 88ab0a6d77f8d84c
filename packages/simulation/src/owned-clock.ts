import type { Clock } from '@tokenwire/protocol';

/** A clock for one part of the world, which knows how many timers that part has set. */
export class OwnedClock implements Clock {
  /** Timers that have neither fired nor been called off. */
  pending = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, action: () => void): () => void {
    let set = true;
    const unset = (): void => {
      if (set) this.pending -= 1;
      set = false;
    };
    this.pending += 1;
    const callOff = this.#clock.after(delayMs, () => (unset(), action()));
    return () => (unset(), callOff());
  }
}
