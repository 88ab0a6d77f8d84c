import type { Clock } from '../clock.js';

// Not in browsers, where these tests never run. Declared here because this package has no Node types.
declare function setImmediate(action: () => void): unknown;

export interface VirtualClockOptions {
  /** What the clock shows first, in milliseconds. Default 1 000, so that a forgotten start is noticed. */
  readonly startMs?: number;
  /**
   * Chooses among timers of one due time: gets their number (at least 2), gives an index below it.
   * Default 0, the one that was set first, as Node does it for equal delays.
   */
  readonly pickTie?: (count: number) => number;
  /** By how many milliseconds a timer being set will fire late: a `Clock` promises no more than "not before". Default 0. */
  readonly lateMs?: () => number;
}

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

/**
 * A clock that moves only when told to, for tests: an hour takes a moment, and takes the same course every time.
 *
 * Timers fire one by one in order of their due times, also those that are set on the way, and `now()` is exactly the due
 * time of the timer that fires. After each timer all pending promises settle and the event loop turns once, so whatever
 * waits for nothing but promises has finished before the next timer, and real sockets may go on.
 *
 * A test that ends with `pending` 0 has left no timer behind.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #pickTie: ((count: number) => number) | undefined;
  readonly #lateMs: (() => number) | undefined;
  /** Sorted by due time; few enough in a test that a heap would not pay. */
  readonly #timers: Timer[] = [];

  constructor({ startMs = 1_000, pickTie, lateMs }: VirtualClockOptions = {}) {
    this.#nowMs = startMs;
    this.#pickTie = pickTie;
    this.#lateMs = lateMs;
  }

  /** Timers that have neither fired nor been called off. */
  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Background timers are timers like any other here. */
  after(delayMs: number, action: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs) + (this.#lateMs?.() ?? 0), action };
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1]?.dueMs ?? 0) > timer.dueMs) index -= 1;
    this.#timers.splice(index, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at !== -1) this.#timers.splice(at, 1);
    };
  }

  /** Moves on by `ms`, firing what is due on the way. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turn();
    while ((this.#timers[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= untilMs) await this.#fire();
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Moves on by `ms` without firing anything, as while a process or a whole computer sleeps. What is overdue fires next. */
  oversleep(ms: number): void {
    this.#nowMs += ms;
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

  /**
   * Fires timer after timer until none is left or the next one is due later than `limitMs` from now.
   * @returns whether none is left.
   */
  async runOut(limitMs = 3_600_000): Promise<boolean> {
    const untilMs = this.#nowMs + limitMs;
    await turn();
    while ((this.#timers[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= untilMs) await this.#fire();
    return this.#timers.length === 0;
  }

  async #fire(): Promise<void> {
    const timer = this.#next();
    if (!timer) return;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.action();
    await turn();
  }

  #next(): Timer | undefined {
    if (!this.#pickTie) return this.#timers.shift();
    const dueMs = this.#timers[0]?.dueMs;
    let count = 1;
    while (this.#timers[count]?.dueMs === dueMs && count < this.#timers.length) count += 1;
    return this.#timers.splice(count > 1 ? this.#pickTie(count) : 0, 1)[0];
  }
}

/** Lets every pending promise settle: the event loop's check phase comes after all microtasks. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
