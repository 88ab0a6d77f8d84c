import type { Margin } from '../metrics/metric.js';
import type { Estimate, Word } from '../report/model.js';

/** A figure for the question that was asked, with where it comes from. */
export interface Quantity {
  /** Null when the report has nothing for it; then `missing` says what it lacks. */
  readonly value: number | null;
  /** 95 % interval; null where a part of it has none. */
  readonly low: number | null;
  readonly high: number | null;
  /** Scenarios and points, with *interpolated*, *nearest* or *scaled* where it is not simply measured. */
  readonly from: readonly string[];
  readonly missing: string | null;
}

/** A figure as it was measured, from `from`. */
export function measured({ value, low, high, sampleOnly }: Estimate, from: string): Quantity {
  if (value === null) return nothing(`${from}: the sample does not carry it`);
  const source = sampleOnly ? `${from} (describes this sample only)` : from;
  return { value, low, high, from: [source], missing: null };
}

/** @param missing what the report lacks. */
export function nothing(missing: string): Quantity {
  return { value: null, low: null, high: null, from: [], missing };
}

/** With a note behind its sources. */
export function noted(quantity: Quantity, note: string): Quantity {
  return quantity.value === null ? quantity : { ...quantity, from: [...quantity.from, note] };
}

/** a + b. The interval is the sum of both, which is wider than it need be, never narrower. */
export function plus(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, { value: sum(a.value, b.value), low: sum(a.low, b.low), high: sum(a.high, b.high) });
}

/** a − b, its interval as wide as both together. */
export function minus(a: Quantity, b: Quantity): Quantity {
  return plus(a, { ...b, ...negative(b), from: b.from.map((source) => `less ${source}`) });
}

/** Between two points: share 0 is `a`, 1 is `b`. */
export function between(a: Quantity, b: Quantity, share: number): Quantity {
  return plus(times(a, 1 - share), times(b, share));
}

/** @param factor at least 0. */
export function times(quantity: Quantity, factor: number): Quantity {
  const scaled = (one: number | null) => (one === null ? null : one * factor);
  return { ...quantity, value: scaled(quantity.value), low: scaled(quantity.low), high: scaled(quantity.high) };
}

function combine(a: Quantity, b: Quantity, parts: Pick<Quantity, 'value' | 'low' | 'high'>): Quantity {
  const missing = a.missing ?? b.missing;
  return missing === null ? { ...parts, from: [...new Set([...a.from, ...b.from])], missing } : nothing(missing);
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function negative({ value, low, high }: Quantity): Pick<Quantity, 'value' | 'low' | 'high'> {
  const of = (one: number | null) => (one === null ? null : -one);
  return { value: of(value), low: of(high), high: of(low) };
}

/** How one figure differs from another. */
export interface Difference {
  /** a − b. */
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** a / b − 1; null when b is 0. */
  readonly share: number | null;
  /** Of a against b: `less`, `more`, `equivalent` or `inconclusive`. */
  readonly word: Extract<Word, 'less' | 'more' | 'equivalent' | 'inconclusive'>;
}

/**
 * Compares two figures of different modes. The report has no paired comparison of these two, so the intervals are
 * subtracted as if nothing was paired, which finds fewer differences, never more. Without intervals the values alone
 * decide.
 * @returns null when one of them is missing.
 */
export function differenceOf(a: Quantity, b: Quantity, margin: Margin): Difference | null {
  const { value, low, high } = minus(a, b);
  if (value === null || b.value === null) return null;
  const limit = Math.max(margin.relative * Math.abs(b.value), margin.absolute);
  const share = b.value === 0 ? null : value / b.value;
  return { value, low, high, share, word: wordOf(low ?? value, high ?? value, limit) };
}

function wordOf(low: number, high: number, limit: number): Difference['word'] {
  if (low >= -limit && high <= limit) return 'equivalent';
  if (high < -limit) return 'less';
  return low > limit ? 'more' : 'inconclusive';
}
