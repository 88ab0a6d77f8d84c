import type { StreamNotes } from '../agent/job.js';
import type { Moments } from './moments.js';
import type { Trace } from '../trace/trace.js';

/**
 * What a stop cost, for a stream that called `stop()`: how many tokens the server logged after the call and in all, and
 * how long it went on, in milliseconds. Empty for all other streams.
 */
export function stopFigures({ extra }: StreamNotes, moments: Moments, { offsetsUs }: Trace): Record<string, number> {
  const { stopCalledMs } = extra;
  if (stopCalledMs === undefined) return {};
  const writtenMs = moments.slipUs.map(
    (slip, token) => moments.dueStartMs + ((offsetsUs[token] ?? Number.NaN) + slip) / 1000,
  );
  const after = writtenMs.filter((at) => at > stopCalledMs);
  return {
    saidInAll: writtenMs.length,
    saidAfterStop: after.length,
    wastedMs: after.length > 0 ? Math.max(...after) - stopCalledMs : 0,
  };
}
