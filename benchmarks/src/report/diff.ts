/**
 * Two runs side by side, in benchstat's manner: a block is a sample, the figure of a run is the median of its blocks, and
 * nothing is said (`~`) unless the difference is more than noise.
 *
 * The runs were made at different times, so their blocks are not pairs: each side is drawn on its own. What happened
 * between the runs (another kernel, a warmer room) is not in the noise of either; only blocks of one run can tell that.
 */
import type { Metric } from '../metrics/metric.js';
import { draws, intervalOf, once, type Interval } from '../statistics/bootstrap.js';
import { wordFor } from '../statistics/compare.js';
import { weightedMedian } from '../statistics/weighted.js';
import type { DiffRow } from './diff-model.js';
import type { Estimate, LabReport, Row, Word } from './model.js';

/**
 * Blocks that each side needs: with four, one side lies wholly above the other by chance in 2 of C(8, 4) = 70 cases
 * (2.9 %), with three in 2 of 20 (Mann and Whitney, 1947).
 */
export const BLOCKS_TO_DIFF = 4;

/** Of the draws: the same two reports give the same words, and the sides are drawn apart. */
const SEEDS = { old: 1, new: 2 } as const;

/** All figures that both reports have, in the order of the new one. */
export function diffReports(before: LabReport, after: LabReport): readonly DiffRow[] {
  return after.scenarios.flatMap(({ name, rows, columns }) => {
    const old = before.scenarios.find((scenario) => scenario.name === name)?.rows ?? [];
    return rows.flatMap((row) => {
      const same = old.find(({ target, point }) => target === row.target && point === row.point);
      return same ? columns.flatMap((id) => diffRow(name, id, { before, after, old: same, now: row })) : [];
    });
  });
}

/** The geometric mean of the ratios of a metric, over everything that has one. */
export interface Geomean {
  readonly metric: string;
  /** exp of the mean of ln(new / old). */
  readonly ratio: number;
  /** Ratios behind it. */
  readonly rows: number;
}

/** One a metric, in the order in which metrics first appear. Ratios of 0 and of nothing do not count. */
export function geomeans(rows: readonly DiffRow[]): readonly Geomean[] {
  return [...new Set(rows.map(({ metric }) => metric))].flatMap((metric) => {
    const ratios = rows.flatMap((row) =>
      row.metric === metric && row.ratio !== null && row.ratio > 0 ? row.ratio : [],
    );
    if (ratios.length === 0) return [];
    const mean = ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length;
    return { metric, ratio: Math.exp(mean), rows: ratios.length };
  });
}

interface Sides {
  readonly before: LabReport;
  readonly after: LabReport;
  readonly old: Row;
  readonly now: Row;
}

function diffRow(scenario: string, id: string, { before, after, old, now }: Sides): readonly DiffRow[] {
  const metric = after.metrics[id];
  const [first, second] = [old.values[id], now.values[id]];
  if (!metric || !before.metrics[id] || !first || !second) return [];
  const place = { scenario, target: now.target, point: now.point, metric: id };
  const sides = [first, second].map((estimate) => blocksOf(estimate));
  const [a = [], b = []] = sides;
  const valid = old.verdict === 'VALID' && now.verdict === 'VALID';
  const ratio = unpaired(a, b, (x, y) => y / x);
  const difference = unpaired(a, b, (x, y) => y - x);
  return [
    {
      ...place,
      old: summary(first, a, SEEDS.old),
      new: summary(second, b, SEEDS.new),
      ratio: Number.isFinite(ratio.value) ? ratio.value : null,
      low: ratio.interval?.low ?? null,
      high: ratio.interval?.high ?? null,
      word: valid ? wordOf(metric, a, b, difference.interval) : 'inconclusive',
    },
  ];
}

function blocksOf({ blockValues = [] }: Estimate): readonly number[] {
  return blockValues.filter((value) => value !== null);
}

/** The figure of a run: the median of its blocks. Where blocks do not carry it, it stays what the report says. */
function summary(estimate: Estimate, blocks: readonly number[], seed: number): Estimate {
  if (blocks.length === 0) return estimate;
  const median = weightedMedian(blocks);
  const value = median(once(blocks.length));
  const replicates = Float64Array.from(draws(blocks.length, seed), median);
  const interval = intervalOf(value, replicates, blocks.length);
  return { ...estimate, value, low: interval?.low ?? null, high: interval?.high ?? null, blocks: blocks.length };
}

function wordOf(metric: Metric, a: readonly number[], b: readonly number[], interval: Interval | null): Word {
  // Counts that never vary are no samples: any difference is one.
  if (metric.deterministic && a.length > 0 && b.length > 0 && new Set(a).size === 1 && new Set(b).size === 1) {
    const [old = 0, now = 0] = [a[0], b[0]];
    return old === now ? 'equivalent' : wordFor(metric, now < old ? 'below' : 'above');
  }
  if (!interval || Math.min(a.length, b.length) < BLOCKS_TO_DIFF) return 'inconclusive';
  const reference = weightedMedian(a)(once(a.length));
  const limit = Math.max(metric.margin.relative * Math.abs(reference), metric.margin.absolute);
  if (interval.low >= -limit && interval.high <= limit) return 'equivalent';
  if (interval.high < -limit) return wordFor(metric, 'below');
  return interval.low > limit ? wordFor(metric, 'above') : 'inconclusive';
}

/** A combination of two medians, each side drawn on its own. */
function unpaired(
  a: readonly number[],
  b: readonly number[],
  combine: (x: number, y: number) => number,
): { readonly value: number; readonly interval: Interval | null } {
  const [left, right] = [weightedMedian(a), weightedMedian(b)];
  const value = combine(left(once(a.length)), right(once(b.length)));
  const others = draws(b.length, SEEDS.new);
  const replicates = Float64Array.from(draws(a.length, SEEDS.old), (weights, draw) =>
    combine(left(weights), right(others[draw] ?? once(b.length))),
  );
  return { value, interval: intervalOf(value, replicates, Math.min(a.length, b.length)) };
}
