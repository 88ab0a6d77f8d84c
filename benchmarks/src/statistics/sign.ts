import type { Metric } from '../metrics/metric.js';
import type { Interval } from './bootstrap.js';

/** Percentiles beyond which the intervals of few blocks are too narrow even when they are expanded. */
const TAIL = 90;

/**
 * Widens the interval of a percentile beyond p90 to that of the sign test over the blocks. The pooled tail is made by
 * a few blocks, which a bootstrap of six does not know to be few; what each block shows alone does not depend on that.
 *
 * @param single the same figure of each block alone; NaN where a block does not carry it.
 */
export function forTail({ statistic }: Metric, interval: Interval | null, single: readonly number[]): Interval | null {
  const tail = statistic.kind === 'percentile' && Math.max(statistic.p, 100 - statistic.p) > TAIL;
  const other = tail ? signInterval(single) : null;
  if (!interval || !other) return interval;
  return { low: Math.min(interval.low, other.low), high: Math.max(interval.high, other.high) };
}

/**
 * The distribution-free interval of a median, from the sign test: from the k-th smallest to the k-th largest value with
 * the largest k for which 2·P(B < k) ≤ 5 %, B binomial with n and ½. Six values: from the smallest to the largest.
 * Source: Conover, Practical Nonparametric Statistics (1999), 3.2.
 *
 * @returns null with fewer than six values, which cannot hold 95 %.
 */
export function signInterval(values: readonly number[]): Interval | null {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  const n = sorted.length;
  let ways = 1;
  let below = 0;
  let k = 0;
  while ((below + ways) / 2 ** n <= 0.025) {
    below += ways;
    ways = (ways * (n - k)) / (k + 1);
    k += 1;
  }
  const [low, high] = [sorted[k - 1], sorted[n - k]];
  return low === undefined || high === undefined ? null : { low, high };
}
