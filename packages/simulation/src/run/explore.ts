import { Worker } from 'node:worker_threads';

import type { Options } from './options.js';
import { addTo, newTotals, type Totals } from './totals.js';
import type { Lived, Range } from './worker.js';

/** Small enough that the workers end together, large enough that messages cost nothing. */
const RANGE = 100;
/** More failures would say the same again. */
const MAX_FAILURES = 20;

export interface Explored {
  readonly totals: Totals;
  /** Seeds of the lives that failed. */
  readonly failed: readonly number[];
}

/** Lives all seeds on several threads, until done, aborted, or enough have failed. */
export async function explore(
  { lives, seed, workers }: Options,
  signal: AbortSignal,
  onProgress: (totals: Totals) => void,
): Promise<Explored> {
  const totals = newTotals();
  const failed: number[] = [];
  let next = 0;
  const nextRange = (): Range | undefined => {
    if (next >= lives || signal.aborted || failed.length >= MAX_FAILURES) return undefined;
    const range = { from: seed + next, count: Math.min(RANGE, lives - next) };
    next += range.count;
    return range;
  };
  const lane = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.js', import.meta.url));
    try {
      for (let range = nextRange(); range; range = nextRange()) {
        const lived = await answerOf(worker, range, signal);
        if (!lived) return;
        addTo(totals, lived);
        failed.push(...lived.failed);
        onProgress(totals);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, Math.ceil(lives / RANGE)) }, lane));
  return { totals, failed: failed.sort((a, b) => a - b) };
}

/** What the worker makes of a range; undefined when aborted before. @throws what makes the worker fail. */
function answerOf(worker: Worker, range: Range, signal: AbortSignal): Promise<Lived | undefined> {
  return new Promise((resolve, reject) => {
    const release = (): void => {
      worker.off('message', take);
      worker.off('error', fail);
      signal.removeEventListener('abort', abort);
    };
    const take = (lived: Lived): void => (release(), resolve(lived));
    const fail = (error: Error): void => (release(), reject(error));
    const abort = (): void => (release(), resolve(undefined));
    worker.once('message', take);
    worker.once('error', fail);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else worker.postMessage(range);
  });
}
