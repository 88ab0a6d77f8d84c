import { InvalidMeasurement } from '../compare/failures.js';

/** A trial that hangs would hang the whole run: after several times what it should take it has failed. */
export async function withinLimit<T>(ms: number, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const limitMs = 5 * ms + 60_000;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new InvalidMeasurement(`the trial did not end within ${Math.round(limitMs / 1000)} s`)),
    limitMs,
  );
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}
