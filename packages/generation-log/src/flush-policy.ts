/**
 * When readers get what a log has:
 * - `tick` (default): as soon as it is there; what came in one tick of the event loop is one batch.
 * - `token`: the same, but every event is a batch of its own, so a write of its own.
 * - a number from 1 to 1000: what comes within so many milliseconds of the first event that waits is one batch. Fewer
 *   writes, later tokens.
 *
 * The terminal event waits for nothing, and takes with it what waits.
 */
export type FlushPolicy = 'tick' | 'token' | number;

/** Longest time to collect, in milliseconds. */
export const MAX_FLUSH_MS = 1_000;

/**
 * Reads a policy as command lines and variables have it.
 * @returns undefined when it is none.
 */
export function parseFlushPolicy(text: string): FlushPolicy | undefined {
  if (text === 'tick' || text === 'token') return text;
  const ms = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return ms >= 1 && ms <= MAX_FLUSH_MS ? ms : undefined;
}
