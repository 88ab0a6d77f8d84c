import type { Metric } from '../metrics/metric.js';
import type { Comparison, Estimate, Word } from '../report/model.js';
import { bootstrap, once, type Interval } from './bootstrap.js';
import { carriesStatistic, isSampleOnly } from './carries.js';
import { NO_ESTIMATE, valueOf } from './estimate.js';
import { weighted, weightedMedian, type BlockValues, type Weighted } from './weighted.js';

/** Blocks that a comparison takes: with five, all of one sign happen by chance in 6.25 % of all cases (2 · 0.5⁵). */
export const BLOCKS_TO_COMPARE = 6;

/** Blocks in which counts have to be the same before they are taken as exact. */
const BLOCKS_TO_TRUST_COUNTS = 2;

/** Percentiles beyond which the intervals of few blocks are too narrow even when they are expanded. */
const TAIL = 90;

/** What can be said of a difference. */
export type Judgement = Pick<Comparison, 'word' | 'ratio' | 'difference' | 'margin' | 'why'>;

/**
 * Compares a target with a reference, block by block.
 *
 * The difference is that of the statistics of all blocks, drawn together; where there is one value a trial it is the
 * median of the differences within the blocks, which both had the same machine. *Equivalent*: its 95 % interval lies
 * inside ± margin. *Faster, slower, less, more*: outside, on one side. Otherwise it is inconclusive, and `why` says why.
 * Margin: max(relative · |reference|, absolute).
 */
export function compare(
  metric: Metric,
  target: readonly BlockValues[],
  reference: readonly BlockValues[],
  seed: number,
): Judgement {
  const pairs = pairsOf(target, reference);
  const { difference, ratio } = estimates(metric, pairs, seed);
  const judged = { ratio, difference, margin: metric.margin };
  const limit = marginOf(metric, pairs);
  const obstacle = obstacleOf(metric, pairs, difference);
  if (obstacle) return { ...judged, word: 'inconclusive', why: obstacle };
  const low = difference.low ?? Number.NaN;
  const high = difference.high ?? Number.NaN;
  if (low >= -limit && high <= limit) return { ...judged, word: 'equivalent', why: '' };
  if (high < -limit) return { ...judged, word: wordFor(metric, 'below'), why: '' };
  if (low > limit) return { ...judged, word: wordFor(metric, 'above'), why: '' };
  return { ...judged, word: 'inconclusive', why: 'the interval reaches across the margin' };
}

/** A judgement where nothing may be compared. */
export function notCompared(metric: Metric, why: string): Judgement {
  return { word: 'inconclusive', ratio: NO_ESTIMATE, difference: NO_ESTIMATE, margin: metric.margin, why };
}

/** `faster` and `slower` are for times that should be short. What should be neither is only less or more. */
export function wordFor({ unit, better }: Metric, side: 'below' | 'above'): Word {
  if (unit === 'ms' && better === 'lower') return side === 'below' ? 'faster' : 'slower';
  return side === 'below' ? 'less' : 'more';
}

/** Blocks that both have, in the order of the target's. */
interface Pairs {
  readonly target: readonly BlockValues[];
  readonly reference: readonly BlockValues[];
}

function pairsOf(target: readonly BlockValues[], reference: readonly BlockValues[]): Pairs {
  const pairs = target.flatMap((own) => {
    const other = reference.find(({ block }) => block === own.block);
    return other && own.values.length > 0 && other.values.length > 0 ? [[own, other] as const] : [];
  });
  return { target: pairs.map(([own]) => own), reference: pairs.map(([, other]) => other) };
}

function obstacleOf(metric: Metric, { target, reference }: Pairs, difference: Estimate): string {
  const blocks = target.length;
  if (blocks === 0) return 'no block has both';
  const fewest = Math.min(countOf(target), countOf(reference));
  if (!carriesStatistic(metric.statistic, fewest)) return `${fewest} values do not carry it`;
  if (blocks < BLOCKS_TO_COMPARE && !areExact(metric, [target, reference])) {
    return `needs ${BLOCKS_TO_COMPARE} blocks, has ${blocks}`;
  }
  return difference.low === null ? 'no interval' : '';
}

/** Counts that were the same in each block are no sample of anything: their difference is known. */
function areExact(metric: Metric, sides: readonly (readonly BlockValues[])[]): boolean {
  if (metric.deterministic !== true) return false;
  return sides.every((blocks) => {
    const values = new Set(blocks.map((block) => valueOf(metric, [block])));
    return blocks.length >= BLOCKS_TO_TRUST_COUNTS && values.size === 1;
  });
}

function marginOf({ statistic, margin }: Metric, { reference }: Pairs): number {
  const value = weighted(statistic, reference)(once(reference.length));
  return Math.max(margin.relative * Math.abs(value || 0), margin.absolute);
}

function estimates(
  metric: Metric,
  pairs: Pairs,
  seed: number,
): { readonly difference: Estimate; readonly ratio: Estimate } {
  const samples = Math.min(countOf(pairs.target), countOf(pairs.reference));
  if (!carriesStatistic(metric.statistic, samples)) return { difference: NO_ESTIMATE, ratio: NO_ESTIMATE };
  return {
    difference: pairedEstimate(metric, pairs, (own, other) => own - other, seed),
    ratio: pairedEstimate(metric, pairs, (own, other) => own / other, seed),
  };
}

function pairedEstimate(
  metric: Metric,
  { target, reference }: Pairs,
  combine: (own: number, other: number) => number,
  seed: number,
): Estimate {
  const { statistic } = metric;
  const blocks = target.length;
  const single = target.map((own, index) => {
    const [a, b] = [valueOf(metric, [own]), valueOf(metric, reference.slice(index, index + 1))];
    return a === null || b === null ? Number.NaN : combine(a, b);
  });
  const both = { own: weighted(statistic, target), other: weighted(statistic, reference) };
  const paired: Weighted =
    statistic.kind === 'median-of-blocks'
      ? weightedMedian(single.map((value) => (Number.isFinite(value) ? value : Number.NaN)))
      : (weights) => combine(both.own(weights), both.other(weights));
  const value = paired(once(blocks));
  const inner = bootstrap(paired, blocks, seed);
  const interval = inner && isTail(metric) ? widest(inner, signInterval(single)) : inner;
  const samples = Math.min(countOf(target), countOf(reference));
  const streams = Math.min(streamsOf(target), streamsOf(reference));
  return {
    value: Number.isFinite(value) ? value : null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    samples,
    streams,
    blocks,
    sampleOnly: isSampleOnly(metric, samples, streams),
    blockValues: single.map((one) => (Number.isFinite(one) ? one : null)),
  };
}

function isTail({ statistic }: Metric): boolean {
  return statistic.kind === 'percentile' && Math.max(statistic.p, 100 - statistic.p) > TAIL;
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

function widest(one: Interval, other: Interval | null): Interval {
  return other ? { low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) } : one;
}

function countOf(blocks: readonly BlockValues[]): number {
  return blocks.reduce((sum, { values }) => sum + values.length, 0);
}

function streamsOf(blocks: readonly BlockValues[]): number {
  return blocks.reduce((sum, { streams }) => sum + streams, 0);
}
