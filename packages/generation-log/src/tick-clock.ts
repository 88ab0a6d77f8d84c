import { systemClock, type Clock } from '@tokenwire/protocol';

/** Slots of one millisecond. Longer delays are rare and go to the system's own timers. A power of two. */
const SLOTS = 256;

interface Timer {
  /** Exact, on the scale of `now()`. */
  readonly dueMs: number;
  /** Undefined once it has run or was called off. */
  action: (() => void) | undefined;
}

/**
 * The computer's clock for many short timers at once: all that are due when one fires share one system timer.
 *
 * With 200 answers at 50 tokens/s a server sets 10 000 timers a second. One `setTimeout` each costs more than
 * everything else that is done for a token, except for writing it. No timer runs later than its own would.
 */
export class TickClock implements Clock {
  /** Timers by the millisecond in which they are due. */
  readonly #slots: Timer[][] = Array.from({ length: SLOTS }, () => []);
  #pending = 0;
  readonly #base: Clock;
  /** Slots before this millisecond are empty. */
  #tick: number;
  /** When the system timer will fire; infinite without one. */
  #armedMs = Number.POSITIVE_INFINITY;
  #callOff: (() => void) | undefined;

  /** @param base whose time it is and whose timers are shared. Default: the computer's. */
  constructor(base: Clock = systemClock) {
    this.#base = base;
    this.#tick = Math.floor(base.now());
  }

  now(): number {
    return this.#base.now();
  }

  after(delayMs: number, action: () => void, options?: { readonly background?: boolean }): () => void {
    if (delayMs >= SLOTS - 1 || options?.background) return this.#base.after(delayMs, action, options);
    const dueMs = this.#base.now() + Math.max(0, delayMs);
    const timer: Timer = { dueMs, action };
    if (this.#pending === 0) this.#tick = Math.floor(this.#base.now());
    this.#slots[Math.floor(dueMs) % SLOTS]?.push(timer);
    this.#pending += 1;
    if (dueMs < this.#armedMs) this.#arm(dueMs);
    return () => {
      if (!timer.action) return;
      timer.action = undefined;
      this.#pending -= 1;
      if (this.#pending === 0) this.#disarm();
    };
  }

  #arm(dueMs: number): void {
    this.#callOff?.();
    this.#armedMs = dueMs;
    this.#callOff = this.#base.after(Math.max(0, dueMs - this.#base.now()), this.#run);
  }

  #disarm(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#armedMs = Number.POSITIVE_INFINITY;
  }

  readonly #run = (): void => {
    this.#disarm();
    const nowMs = this.#base.now();
    const nowTick = Math.floor(nowMs);
    // After a long pause of the process every slot is due, and none more than once.
    const first = Math.max(this.#tick, nowTick - SLOTS + 1);
    this.#tick = nowTick;
    for (let tick = first; tick <= nowTick; tick += 1) this.#runSlot(tick % SLOTS, nowMs);
    if (this.#pending > 0) this.#armNext();
  };

  #runSlot(slot: number, nowMs: number): void {
    const timers = this.#slots[slot] ?? [];
    if (timers.length === 0) return;
    // What is set meanwhile goes to a new list, and so does what this very millisecond holds but is not due yet.
    const later: Timer[] = [];
    this.#slots[slot] = later;
    for (const timer of timers) {
      const { action } = timer;
      if (!action) continue;
      if (timer.dueMs > nowMs) {
        later.push(timer);
        continue;
      }
      timer.action = undefined;
      this.#pending -= 1;
      action();
    }
  }

  /** Timers that were set while others ran have armed already; what waited longer may be earlier. */
  #armNext(): void {
    for (let tick = this.#tick; tick < this.#tick + SLOTS; tick += 1) {
      let dueMs = Number.POSITIVE_INFINITY;
      for (const timer of this.#slots[tick % SLOTS] ?? []) if (timer.action) dueMs = Math.min(dueMs, timer.dueMs);
      if (dueMs === Number.POSITIVE_INFINITY) continue;
      if (dueMs < this.#armedMs) this.#arm(dueMs);
      return;
    }
  }
}
