import type { Comparison, Estimate, Row, ScenarioReport } from '../report/model.js';
import { short } from '../compare/numbers.js';

/** A value for a sentence, `–` where there is none. */
export function value(row: Row | undefined, metric: string): string {
  return short(row?.values[metric]?.value);
}

/** The value itself, NaN where there is none. */
export function numberOf(row: Row | undefined, metric: string): number {
  return row?.values[metric]?.value ?? Number.NaN;
}

/** Rows that may be spoken of. */
export function validRows({ rows }: ScenarioReport): readonly Row[] {
  return rows.filter(({ verdict }) => verdict === 'VALID');
}

/** The row of a target at a point. */
export function rowOf({ rows }: ScenarioReport, target: string, point = ''): Row | undefined {
  return rows.find((row) => row.target === target && row.point === point);
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Rows by a metric, the smallest first; rows without it are left out. */
export function ranked(rows: readonly Row[], metric: string): readonly Row[] {
  return rows
    .filter((row) => Number.isFinite(numberOf(row, metric)))
    .toSorted((a, b) => numberOf(a, metric) - numberOf(b, metric));
}

/** `1.8 (1.7–1.9)`: a ratio with its interval. */
export function ratio({ value: middle, low, high }: Estimate): string {
  return low === null || high === null ? short(middle) : `${short(middle)} (${short(low)}–${short(high)})`;
}

/** The comparison of a target, if it was made. */
export function comparisonOf(
  { comparisons }: ScenarioReport,
  metric: string,
  target: string,
  point = '',
): Comparison | undefined {
  return comparisons.find((one) => one.metric === metric && one.target === target && one.point === point);
}

/** What is said when no row may be spoken of. */
export const NOTHING = 'No valid figures.';
