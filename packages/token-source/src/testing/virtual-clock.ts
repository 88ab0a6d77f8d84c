import type { Clock } from '@tokenwire/protocol';

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

/**
 * A clock that moves only when told to, for tests. Timers fire in order of their due times, those of one time
 * in the order in which they were set, and the clock shows exactly the due time of the timer that fires.
 * Between two timers all pending promises settle and the event loop turns once, so real sockets may go on.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** Sorted by due time; few enough in a test that a heap would not pay. */
  readonly #timers: Timer[] = [];

  /** @param startMs what the clock shows first. Default 1 000, so that a forgotten start is noticed. */
  constructor(startMs = 1_000) {
    this.#nowMs = startMs;
  }

  /** Timers that are set: 0 when nothing was left behind. */
  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), action };
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1]?.dueMs ?? 0) > timer.dueMs) index -= 1;
    this.#timers.splice(index, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at !== -1) this.#timers.splice(at, 1);
    };
  }

  /** Moves on by `ms`, firing what is due on the way, also what is set on the way. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turn();
    while ((this.#timers[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= untilMs) await this.#fire();
    this.#nowMs = untilMs;
  }

  /**
   * Fires timer after timer until `promise` settles, and returns what it resolves to. Waits for real input and
   * output only when no timer is set: with both, `advance` by hand, or time runs ahead of the sockets.
   * @throws what `promise` rejects with, or an Error when virtual time passes `limitMs` (default one hour).
   */
  async runUntil<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    const untilMs = this.#nowMs + limitMs;
    const state = { settled: false };
    const settle = (): void => {
      state.settled = true;
    };
    promise.then(settle, settle);
    await turn();
    while (!state.settled) {
      if (this.#nowMs > untilMs) throw new Error(`Not settled after ${limitMs} ms of virtual time.`);
      if (this.#timers.length > 0) await this.#fire();
      else await turn();
    }
    return promise;
  }

  async #fire(): Promise<void> {
    const timer = this.#timers.shift();
    if (!timer) return;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.action();
    await turn();
  }
}

/** Lets every pending promise settle: the check phase comes after all microtasks. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
