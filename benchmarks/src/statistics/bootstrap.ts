/**
 * The bootstrap over blocks (Efron, 1979): blocks are drawn with replacement as often as there are blocks, and the
 * statistic is worked out anew of everything that was drawn. Paired, because both sides of a comparison take the same draws.
 *
 * The plain percentile interval is far too narrow for so few blocks: simulated with six of them, it held the true
 * difference in 78 to 89 % of all cases instead of 95 %. Two known repairs are taken together, and the wider end of
 * each holds:
 *
 * - the expanded percentile interval: percentiles α′ and 1 − α′ with α′ = Φ(−√(n/(n−1)) · t₀.₉₇₅,ₙ₋₁);
 * - the t interval with bootstrap standard error: value ± t₀.₉₇₅,ₙ₋₁ · √(n/(n−1)) · SE, which is Student's own interval
 *   when the statistic is a mean.
 *
 * Source of both: Hesterberg (2015), What Teachers Should Know About the Bootstrap, The American Statistician 69.
 * `test/statistics/coverage.test.ts` counts how often the result holds what it should.
 */
import { seededRandom } from '@tokenwire/token-source';

import { normalCdf, student975 } from './distributions.js';
import type { Weighted } from './weighted.js';

/** Draws of each interval. Its outermost percentile is 0.24 % (six blocks): the fifth draw of these from either end. */
export const RESAMPLES = 2_000;

/** 95 %. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const drawn = new Map<string, readonly Uint8Array[]>();

/** How often each of `blocks` blocks is in each draw. A pure function of its arguments; the same for all metrics. */
export function draws(blocks: number, seed: number): readonly Uint8Array[] {
  const key = `${blocks}/${seed}`;
  const known = drawn.get(key);
  if (known) return known;
  const random = seededRandom(seed);
  const result = Array.from({ length: RESAMPLES }, () => {
    const weights = new Uint8Array(blocks);
    for (let draw = 0; draw < blocks; draw += 1) {
      const block = Math.floor(random() * blocks);
      weights[block] = (weights[block] ?? 0) + 1;
    }
    return weights;
  });
  drawn.set(key, result);
  return result;
}

/** Every block once. */
export function once(blocks: number): Uint8Array {
  return new Uint8Array(blocks).fill(1);
}

/** A statistic of each draw, in the order of the draws. */
export function replicatesOf(statistic: Weighted, blocks: number, seed: number): Float64Array {
  return Float64Array.from(draws(blocks, seed), statistic);
}

/** The interval of a statistic of blocks; null with fewer than two of them, or when it has no value. */
export function bootstrap(statistic: Weighted, blocks: number, seed: number): Interval | null {
  if (blocks < 2) return null;
  return intervalOf(statistic(once(blocks)), replicatesOf(statistic, blocks, seed), blocks);
}

/**
 * The interval around a value, from the replicates of a bootstrap.
 *
 * @param units what was drawn from: blocks, or the smaller number of them where two sides were drawn on their own.
 * @returns null with fewer than two units, or when the value, or most of its replicates, do not exist.
 */
export function intervalOf(value: number, replicates: Float64Array, units: number): Interval | null {
  const sorted = replicates.filter(Number.isFinite).sort();
  if (units < 2 || !Number.isFinite(value) || sorted.length < replicates.length / 2) return null;
  const stretch = student975(units - 1) * Math.sqrt(units / (units - 1));
  const share = normalCdf(-stretch);
  const last = sorted.length - 1;
  const half = stretch * deviation(sorted);
  return {
    low: Math.min(sorted[Math.floor(share * last)] ?? value, value - half),
    high: Math.max(sorted[Math.ceil((1 - share) * last)] ?? value, value + half),
  };
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
