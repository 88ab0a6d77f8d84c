import type { Clock } from '@tokenwire/protocol';

/** Waits that end by themselves after a time, or all together when somebody opens the gate. Leaves no timer. */
export class Gate {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        cancel();
        this.#waiting.delete(go);
        resolve();
      };
      const cancel = this.#clock.after(limitMs, go);
      this.#waiting.add(go);
    });
  }

  open(): void {
    for (const go of this.#waiting) go();
  }
}
