import type { Metric } from '../metrics/metric.js';
import type { Comparison, Estimate, Word } from '../report/model.js';
import { bootstrap, intervalOf, once, replicatesOf, type Interval } from './bootstrap.js';
import { carriesStatistic, isSampleOnly } from './carries.js';
import { NO_ESTIMATE, valueOf } from './estimate.js';
import { forTail } from './sign.js';
import { weighted, weightedMedian, type BlockValues } from './weighted.js';

/** Blocks that a comparison takes: with five, all of one sign happen by chance in 6.25 % of all cases (2 · 0.5⁵). */
export const BLOCKS_TO_COMPARE = 6;

/** Blocks in which counts have to be the same before they are taken as exact. */
const BLOCKS_TO_TRUST_COUNTS = 2;

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
  const samples = fewest(pairs, countOf);
  if (pairs.target.length === 0) return notCompared(metric, 'no block has both');
  if (!carriesStatistic(metric.statistic, samples)) return notCompared(metric, `${samples} values do not carry it`);
  const sides = sidesOf(metric, pairs, seed);
  const difference = pairedEstimate(metric, pairs, sides, (own, other) => own - other, seed);
  const ratio = pairedEstimate(metric, pairs, sides, (own, other) => own / other, seed);
  const judged = { ratio, difference, margin: metric.margin };
  const obstacle = obstacleOf(metric, pairs, difference);
  if (obstacle) return { ...judged, word: 'inconclusive', why: obstacle };
  const limit = Math.max(metric.margin.relative * Math.abs(sides.other), metric.margin.absolute);
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

/** Both statistics of all blocks, and of each draw. */
interface Sides {
  readonly own: number;
  readonly other: number;
  readonly draws: readonly (readonly [own: number, other: number])[];
  /** Of each block alone; NaN where a block does not carry it. */
  readonly single: readonly (readonly [own: number, other: number])[];
}

function sidesOf(metric: Metric, { target, reference }: Pairs, seed: number): Sides {
  const blocks = target.length;
  const sides = [target, reference].map((side) => weighted(metric.statistic, side));
  const [own = Number.NaN, other = Number.NaN] = sides.map((side) => side(once(blocks)));
  const [owns, others] = sides.map((side) => replicatesOf(side, blocks, seed));
  return {
    own,
    other,
    draws: Array.from(owns ?? [], (value, draw) => [value, others?.[draw] ?? Number.NaN] as const),
    single: target.map((block, index) => [alone(metric, block), alone(metric, reference[index])] as const),
  };
}

function alone(metric: Metric, block: BlockValues | undefined): number {
  return (block && valueOf(metric, [block])) ?? Number.NaN;
}

type Combine = (own: number, other: number) => number;

function pairedEstimate(metric: Metric, pairs: Pairs, sides: Sides, combine: Combine, seed: number): Estimate {
  const blocks = pairs.target.length;
  const samples = fewest(pairs, countOf);
  const streams = fewest(pairs, streamsOf);
  const single = sides.single.map(([own, other]) => combine(own, other));
  const { value, interval } = pairedInterval(metric, sides, single, combine, seed);
  const wide = forTail(metric, interval, single);
  return {
    value: Number.isFinite(value) ? value : null,
    low: wide?.low ?? null,
    high: wide?.high ?? null,
    samples,
    streams,
    blocks,
    sampleOnly: isSampleOnly(metric, samples, streams),
    blockValues: single.map((one) => (Number.isFinite(one) ? one : null)),
  };
}

function pairedInterval(
  { statistic }: Metric,
  { own, other, draws }: Sides,
  single: readonly number[],
  combine: Combine,
  seed: number,
): { readonly value: number; readonly interval: Interval | null } {
  const blocks = single.length;
  if (statistic.kind === 'median-of-blocks') {
    const median = weightedMedian(single.map((value) => (Number.isFinite(value) ? value : Number.NaN)));
    return { value: median(once(blocks)), interval: bootstrap(median, blocks, seed) };
  }
  const value = combine(own, other);
  const replicates = Float64Array.from(draws, ([a, b]) => combine(a, b));
  return { value, interval: intervalOf(value, replicates, blocks) };
}

function fewest({ target, reference }: Pairs, count: (blocks: readonly BlockValues[]) => number): number {
  return Math.min(count(target), count(reference));
}

function countOf(blocks: readonly BlockValues[]): number {
  return blocks.reduce((sum, { values }) => sum + values.length, 0);
}

function streamsOf(blocks: readonly BlockValues[]): number {
  return blocks.reduce((sum, { streams }) => sum + streams, 0);
}
