import { setTimeout as sleep } from 'node:timers/promises';

import { ask, below, type Context } from './context.js';

/** Pause between two questions, in milliseconds. */
const PAUSE_MS = 50;
const PATIENCE_MS = 10_000;

/** How even short answers came while streams were read. */
export interface Disturbance {
  readonly count: number;
  /** What a short answer waited, beside the delay that the quickest one had too: median and nine in ten, milliseconds. */
  readonly medianMs: number;
  readonly p90Ms: number;
}

/**
 * Asks for `/healthz` again and again. A short answer ends at once, so no buffer holds it; but it waits like every token
 * when the server, a hop or this computer has no time. What both show is not the fault of the way.
 */
export class Control {
  readonly #context: Context;
  readonly #tookMs: number[] = [];
  readonly #stop = new AbortController();
  readonly #asking: Promise<void>;

  constructor(context: Context) {
    this.#context = context;
    this.#asking = this.#ask();
  }

  /** Stops asking. */
  async end(): Promise<Disturbance> {
    this.#stop.abort();
    await this.#asking;
    const sorted = [...this.#tookMs].sort((a, b) => a - b);
    const [least = 0] = sorted;
    const at = (share: number): number => (sorted[Math.floor((sorted.length - 1) * share)] ?? least) - least;
    return { count: sorted.length, medianMs: at(0.5), p90Ms: at(0.9) };
  }

  async #ask(): Promise<void> {
    const { signal } = this.#stop;
    let dueAt = performance.now();
    while (!signal.aborted && !this.#context.signal.aborted) {
      const outcome = await ask(this.#context, { url: below(this.#context, '/healthz') }, { limitMs: PATIENCE_MS });
      // From the moment it was due: an overslept pause is a delay as well.
      if (outcome.kind === 'answer') this.#tookMs.push(performance.now() - dueAt);
      dueAt = performance.now() + PAUSE_MS;
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}
