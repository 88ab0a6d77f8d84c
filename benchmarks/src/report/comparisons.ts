import type { Metric } from '../metrics/metric.js';
import { compare, notCompared } from '../statistics/compare.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Comparison } from './model.js';
import { blocksOf, type BuiltRow } from './rows.js';

/**
 * Every target against the reference of its scenario, at the same point. Rows that are not VALID are named, and nothing
 * is said of them.
 *
 * @param seed of the draws.
 */
export function comparisonsOf(
  { reference, columns, compared = columns }: Scenario,
  rows: readonly BuiltRow[],
  metrics: readonly Metric[],
  seed: number,
): readonly Comparison[] {
  if (reference === null) return [];
  const chosen = compared.flatMap((id) => metrics.filter((metric) => metric.id === id));
  return rows.flatMap((built) => {
    const { target, point } = built.row;
    const base = rows.find(({ row }) => row.target === reference && row.point === point);
    if (!base || target === reference) return [];
    return chosen.map((metric) => comparison(metric, built, base, seed));
  });
}

function comparison(metric: Metric, own: BuiltRow, base: BuiltRow, seed: number): Comparison {
  const { target, point } = own.row;
  return { metric: metric.id, point, target, reference: base.row.target, ...judgement(metric, own, base, seed) };
}

function judgement(metric: Metric, own: BuiltRow, base: BuiltRow, seed: number) {
  const bad = [own, base].find(({ row }) => row.verdict !== 'VALID')?.row;
  if (bad) return notCompared(metric, `${bad.target} is ${bad.verdict}`);
  return compare(metric, blocksOf(own.trials, metric), blocksOf(base.trials, metric), seed);
}
