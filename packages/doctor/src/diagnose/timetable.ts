import { median } from './flow.js';

/** What the doctor asks a tokenwire server for: tokens on an even timetable, so that it knows when each was due. */
export interface Timetable {
  readonly ttftMs: number;
  readonly gapMs: number;
  readonly tokens: number;
}

/** Long enough for a timer of 200 ms to show many times, and for a heap of three to be no accident. */
export const TIMETABLE: Timetable = { ttftMs: 600, gapMs: 60, tokens: 50 };

/** How late tokens were, measured against their timetable. */
export interface Lateness {
  readonly tokens: number;
  /** Moments at which tokens came. */
  readonly heaps: number;
  /** What a token waited, beside the delay that the quickest one had too. */
  readonly medianMs: number;
  readonly firstMs: number;
  readonly maxMs: number;
  /** Between the first and the last due token. */
  readonly spanMs: number;
}

/** Tokens closer than this came together, in milliseconds. */
const TOGETHER_MS = 20;

/**
 * Compares arrivals with the timetable. Only differences count, so that neither the clock of the server nor the
 * distance to it matters.
 * @returns undefined when tokens are missing: then the timetable cannot be matched with them.
 */
export function latenessOf(arrivals: readonly number[], { gapMs, tokens }: Timetable): Lateness | undefined {
  if (arrivals.length !== tokens || tokens < 2) return undefined;
  const late = arrivals.map((atMs, i) => atMs - i * gapMs);
  const quickest = Math.min(...late);
  const waits = late.map((ms) => ms - quickest);
  const heaps = arrivals.filter((atMs, i) => i === 0 || atMs - (arrivals[i - 1] ?? 0) > TOGETHER_MS).length;
  const spanMs = (tokens - 1) * gapMs;
  return { tokens, heaps, medianMs: median(waits), firstMs: waits[0] ?? 0, maxMs: Math.max(...waits), spanMs };
}

/** What lateness means. */
export type Verdict = 'flowing' | 'held-to-end' | 'grouped';

/**
 * Held to the end: the first token came when four fifths of the rest were due. Grouped: more than two tokens at a
 * time on average, and the token in the middle waited for the next one at least.
 */
export function judge({ tokens, heaps, medianMs, firstMs, spanMs }: Lateness, { gapMs }: Timetable): Verdict {
  if (firstMs >= 0.8 * spanMs && heaps <= 3) return 'held-to-end';
  if (tokens / heaps > 2.5 && medianMs >= gapMs) return 'grouped';
  return 'flowing';
}
