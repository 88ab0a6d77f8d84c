import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import type { Read, Sink } from '../drivers/driver.js';
import { slopeOf } from '../statistics/slope.js';
import { makeTrace } from '../trace/trace.js';
import type { Cell, RunContext } from './scenario.js';

/** Streams that are open at each look at the memory. */
const STEPS = [20, 60, 100, 140] as const;
/** Every stream has to have said something: compressors take their memory with the first write. */
const TOKENS_FIRST = 5;
const START_LIMIT_MS = 20_000;
/** Between the last stream's first tokens and the look. */
const REST_MS = 300;

/** Long enough to be running at the last look, slow enough to leave the processor alone. */
const TRACE = { name: 'memory', seed: 7, tokens: 600, tokensPerSecond: 20, ttftMs: 0, jitter: 0 } as const;

/** KiB of a server's memory for each running stream, as a slope over their number. Resident, and outside of the heap. */
export async function memorySlope(
  cell: Cell,
  context: Pick<RunContext, 'startServer' | 'signal'>,
): Promise<{ readonly rssKiB: number; readonly externalKiB: number }> {
  const server = await context.startServer({ ...cell, load: { ...cell.load, trace: TRACE } });
  const left = new AbortController();
  const signal = AbortSignal.any([context.signal, server.died, left.signal]);
  setMaxListeners(0, signal);
  const crowd = await Crowd.of(cell, server.url, signal);
  const points: { readonly streams: number; readonly rss: number; readonly external: number }[] = [];
  try {
    for (const streams of STEPS) {
      crowd.growTo(streams);
      await crowd.speaking(streams);
      await delay(REST_MS, undefined, { signal });
      const { rssBytes, externalBytes } = await server.use();
      points.push({ streams, rss: rssBytes, external: externalBytes });
    }
  } finally {
    left.abort();
    await crowd.gone();
    await server.stop();
  }
  const slope = (value: (point: (typeof points)[number]) => number): number =>
    slopeOf(points.map((point) => [point.streams, value(point)])) / 1024;
  return { rssKiB: slope(({ rss }) => rss), externalKiB: slope(({ external }) => external) };
}

/** Readers of running streams. */
class Crowd {
  readonly #open: (stream: number, sink: Sink) => Promise<void>;
  readonly #signal: AbortSignal;
  readonly #readings: Promise<void>[] = [];
  #speaking = 0;

  private constructor(open: (stream: number, sink: Sink) => Promise<void>, signal: AbortSignal) {
    this.#open = open;
    this.#signal = signal;
  }

  static async of({ target, options }: Cell, url: string, signal: AbortSignal): Promise<Crowd> {
    const { read } = (await import(`../drivers/${target.driver}.js`)) as { readonly read: Read };
    const { name: trace, texts } = makeTrace(TRACE);
    const call = { url, trace, texts, options: { ...target.options, ...options }, signal };
    return new Crowd((stream, sink) => read({ ...call, stream }, sink), signal);
  }

  growTo(streams: number): void {
    // All of them are cut off in the end.
    while (this.#readings.length < streams) {
      this.#readings.push(this.#open(this.#readings.length, this.#sink()).catch(() => {}));
    }
  }

  async speaking(streams: number): Promise<void> {
    const limit = AbortSignal.timeout(START_LIMIT_MS);
    while (this.#speaking < streams) await delay(20, undefined, { signal: AbortSignal.any([limit, this.#signal]) });
  }

  async gone(): Promise<void> {
    await Promise.all(this.#readings);
  }

  #sink(): Sink {
    let tokens = 0;
    const nothing = (): void => {};
    const token = (): void => {
      if ((tokens += 1) === TOKENS_FIRST) this.#speaking += 1;
    };
    return { token, headers: nothing, id: nothing, requests: nothing, lost: nothing, doubled: nothing, extra: nothing };
  }
}
