import type { Cadence, CadencePreset } from '@tokenwire/protocol';
import { seededRandom } from './random.js';

/**
 * The presets. `instant` has no pace at all: everything is due at once, in bounded batches.
 *
 * | preset    | first token after | then           | jitter | together |
 * | --------- | ----------------- | -------------- | ------ | -------- |
 * | `instant` | 0 ms              | as fast as read| 0      | 1        |
 * | `fast`    | 100 ms            | 200 tokens/s   | 0.3    | 1        |
 * | `typical` | 300 ms            | 50 tokens/s    | 0.3    | 1        |
 * | `slow`    | 1000 ms           | 10 tokens/s    | 0.3    | 1        |
 * | `bursty`  | 300 ms            | 50 tokens/s    | 0.3    | 8        |
 */
export const CADENCES = {
  instant: { ttftMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY, jitter: 0, burst: 1 },
  fast: { ttftMs: 100, tokensPerSecond: 200, jitter: 0.3, burst: 1 },
  typical: { ttftMs: 300, tokensPerSecond: 50, jitter: 0.3, burst: 1 },
  slow: { ttftMs: 1000, tokensPerSecond: 10, jitter: 0.3, burst: 1 },
  bursty: { ttftMs: 300, tokensPerSecond: 50, jitter: 0.3, burst: 8 },
} as const satisfies Record<CadencePreset, Required<Cadence>>;

/** What `tiny` and `sim` follow when the request names no cadence. */
export const DEFAULT_CADENCE: CadencePreset = 'typical';

/** Fills in what `cadence` leaves out, from `typical`. The limits of each figure are the request validator's. */
export function resolveCadence(cadence: Cadence | CadencePreset): Required<Cadence> {
  return typeof cadence === 'string' ? CADENCES[cadence] : { ...CADENCES.typical, ...cadence };
}

/**
 * When each piece is due, in milliseconds after the start, as an absolute timetable: it never looks at a
 * clock, so a slow server falls behind it visibly instead of stretching it silently.
 *
 * Each call moves on by `tokens` (default 1) and returns the offset of the last of them: `next()` called
 * again and again gives token 0, 1, 2, … With 0 it does not move: what is no token is due with the token
 * before it, or with the first one. Offsets never decrease and are whole microseconds, so that they hash alike.
 */
export type Timetable = (tokens?: number) => number;

/** Keeps timing independent of the content, which is drawn from the bare seed. */
const TIMING_SALT = 0x9e3779b9;

/**
 * A pure function of its arguments: the same cadence and seed give the same timetable in every process.
 *
 * Gaps follow a lognormal distribution whose mean is `burst / tokensPerSecond` and whose coefficient of
 * variation is `jitter`: always positive, with the long right tail that token gaps of real models have.
 */
export function timetable(cadence: Cadence | CadencePreset, seed: number): Timetable {
  const { ttftMs, tokensPerSecond, jitter, burst } = resolveCadence(cadence);
  const nextGapMs = gaps((1000 * burst) / tokensPerSecond, jitter, seededRandom((seed ^ TIMING_SALT) >>> 0));
  let dueMs = ttftMs;
  let room = burst;
  return (tokens = 1) => {
    for (let i = 0; i < tokens; i += 1) {
      if (room === 0) {
        dueMs += nextGapMs();
        room = burst;
      }
      room -= 1;
    }
    return Math.round(dueMs * 1000) / 1000;
  };
}

/**
 * Lognormal gaps with the given mean and coefficient of variation: σ² = ln(1 + cv²), μ = ln(mean) − σ²/2.
 * Source: Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions*, vol. 1, ch. 14.
 */
function gaps(meanMs: number, variation: number, random: () => number): () => number {
  if (meanMs === 0 || variation === 0) return () => meanMs;
  const variance = Math.log1p(variation * variation);
  const mu = Math.log(meanMs) - variance / 2;
  const sigma = Math.sqrt(variance);
  const nextNormal = normals(random);
  return () => Math.exp(mu + sigma * nextNormal());
}

/** Standard normal numbers, two at a time (Box and Muller, 1958). */
function normals(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // 1 − u is never 0 for u in [0, 1), so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
