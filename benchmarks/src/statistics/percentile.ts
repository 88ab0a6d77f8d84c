/**
 * The p-th percentile by nearest rank: the smallest value that at least p % of all values do not exceed.
 * Always a value that was measured; nothing is interpolated. The median of an even count is the lower middle.
 * Source: the nearest-rank definition, rank = ⌈p/100 · n⌉; R calls it type 1 (Hyndman and Fan, 1996, definition 1).
 *
 * @param values in any order.
 * @param p above 0, at most 100.
 * @returns NaN when there are no values.
 */
export function percentile(values: ArrayLike<number>, p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[rankOf(p, sorted.length) - 1] ?? Number.NaN;
}

/** The nearest rank, from 1 to `count`: ⌈p/100 · count⌉. */
export function rankOf(p: number, count: number): number {
  // The product is rounded first: 0.95 · 20 is 19.000000000000004 in floating point for some pairs.
  const rank = Math.ceil(Math.round((p / 100) * count * 1e9) / 1e9);
  return Math.min(Math.max(rank, 1), count);
}

/**
 * Whether `count` values say anything about the p-th percentile: at least one of them has to lie beyond it,
 * or it is only the maximum under another name. p50 needs 2, p95 needs 20, p99 needs 100.
 */
export function carries(count: number, p: number): boolean {
  return count * (100 - p) >= 100;
}

/** Order statistics of one figure, with the number of values behind them. */
export interface Spread {
  /** How many values. */
  readonly n: number;
  readonly min: number;
  readonly p50: number;
  /** Null when the sample cannot carry it. */
  readonly p95: number | null;
  /** Null when the sample cannot carry it. */
  readonly p99: number | null;
  readonly max: number;
}

/** Order statistics of `values`, or null when there are none. Nothing is removed as an outlier. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const at = (p: number) => (carries(values.length, p) ? percentile(values, p) : null);
  return {
    n: values.length,
    min: percentile(values, Number.MIN_VALUE),
    p50: percentile(values, 50),
    p95: at(95),
    p99: at(99),
    max: percentile(values, 100),
  };
}
