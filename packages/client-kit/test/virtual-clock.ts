import type { Clock } from '@tokenwire/protocol';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** Time that passes only when a test says so, from timer to timer. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have neither fired nor been called off. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass, firing what becomes due in order; between two timers everything that waits for promises runs. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (;;) {
      const next = [...this.#timers]
        .filter(({ at }) => at <= until)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.action();
      await settled();
    }
    this.#now = until;
  }

  /** Fires timers until `done` is settled, for at most `limitMs`. Gives the time that passed. */
  async run(done: Promise<unknown>, limitMs = 3_600_000): Promise<number> {
    const start = this.#now;
    const state = { over: false };
    const end = (): void => void (state.over = true);
    void done.then(end, end);
    await settled();
    while (!state.over) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next || next.at - start > limitMs) throw new Error(`Nothing left to wait for at ${this.#now} ms.`);
      await this.advance(next.at - this.#now);
    }
    return this.#now - start;
  }
}

/** Runs everything that only waits for other promises: a macrotask comes after all microtasks. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
