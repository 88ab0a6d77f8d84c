import type { Statistic } from '../metrics/metric.js';
import { rankOf } from './percentile.js';

/** What one series has in one block. Blocks are the unit of statistics: tokens of one run are not independent. */
export interface BlockValues {
  readonly block: number;
  readonly values: ArrayLike<number>;
  /** Streams behind the values. */
  readonly streams: number;
}

/** A statistic of all blocks together, in which block i counts `weights[i]` times. NaN when nothing is left. */
export type Weighted = (weights: ArrayLike<number>) => number;

/**
 * Prepares a statistic, so that it can be worked out thousands of times for resampled blocks. Values are pooled and
 * sorted once; a percentile is always taken of the pooled values, never as an average of percentiles.
 */
export function weighted(statistic: Statistic, blocks: readonly BlockValues[]): Weighted {
  const values = blocks.map((block) => block.values);
  switch (statistic.kind) {
    case 'percentile':
      return weightedPercentile(values, statistic.p);
    case 'mean':
      return weightedMean(values);
    case 'median-of-blocks':
      return weightedMedian(values.map(medianOf));
  }
}

/** The mean of all values of all blocks: Σ wᵢ·sumᵢ / Σ wᵢ·nᵢ. */
function weightedMean(blocks: readonly ArrayLike<number>[]): Weighted {
  const sums = blocks.map((values) => {
    let sum = 0;
    for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
    return sum;
  });
  return (weights) => {
    let sum = 0;
    let count = 0;
    for (let block = 0; block < sums.length; block += 1) {
      sum += (weights[block] ?? 0) * (sums[block] ?? 0);
      count += (weights[block] ?? 0) * (blocks[block]?.length ?? 0);
    }
    return sum / count;
  };
}

/** The median of one value a block: the middle one, or the mean of the two in the middle. NaN does not count. */
export function weightedMedian(values: readonly number[]): Weighted {
  const order = values.map((_, block) => block).filter((block) => !Number.isNaN(values[block]));
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  return (weights) => {
    const total = order.reduce((sum, block) => sum + (weights[block] ?? 0), 0);
    const at = (rank: number): number => {
      let count = 0;
      for (const block of order) {
        count += weights[block] ?? 0;
        if (count >= rank) return values[block] ?? Number.NaN;
      }
      return Number.NaN;
    };
    return total === 0 ? Number.NaN : (at(Math.ceil(total / 2)) + at(Math.floor(total / 2) + 1)) / 2;
  };
}

function medianOf(values: ArrayLike<number>): number {
  const all = Array.from(values);
  return weightedMedian(all)(all.map(() => 1));
}

/** Between two marks the pooled values are walked; at a mark it is known how many values of each block lie before. */
const MARK_EVERY = 64;

/** A percentile by nearest rank of the pooled values, each counted as often as its block. */
function weightedPercentile(blocks: readonly ArrayLike<number>[], p: number): Weighted {
  const { values, owners } = pool(blocks);
  const width = blocks.length;
  const marks = marksOf(owners, width);
  const last = marks.length / width - 1;
  return (weights) => {
    const before = (mark: number): number => {
      let count = 0;
      for (let block = 0; block < width; block += 1)
        count += (weights[block] ?? 0) * (marks[mark * width + block] ?? 0);
      return count;
    };
    const total = before(last);
    if (total === 0) return Number.NaN;
    const rank = rankOf(p, total);
    // The last mark with fewer than `rank` values before it: the value lies behind it, and not behind the next one.
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (before(middle) < rank) low = middle;
      else high = middle;
    }
    let count = before(low);
    for (let index = low * MARK_EVERY; index < values.length; index += 1) {
      count += weights[owners[index] ?? 0] ?? 0;
      if (count >= rank) return values[index] ?? Number.NaN;
    }
    return Number.NaN;
  };
}

const inOrder = new WeakMap<ArrayLike<number>, Float64Array>();

/** The values of a block in order. Sorted once, however many percentiles and comparisons ask. */
function sortedOf(values: ArrayLike<number>): Float64Array {
  const known = inOrder.get(values);
  if (known) return known;
  const sorted = Float64Array.from(values).sort();
  inOrder.set(values, sorted);
  return sorted;
}

/** All values in order, and the block of each. Blocks are sorted one by one and then merged. */
function pool(blocks: readonly ArrayLike<number>[]): { readonly values: Float64Array; readonly owners: Uint16Array } {
  const sorted = blocks.map(sortedOf);
  const total = sorted.reduce((sum, { length }) => sum + length, 0);
  const values = new Float64Array(total);
  const owners = new Uint16Array(total);
  const next = sorted.map(() => 0);
  for (let index = 0; index < total; index += 1) {
    let owner = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let block = 0; block < sorted.length; block += 1) {
      const value = sorted[block]?.[next[block] ?? 0];
      if (value === undefined || (owner >= 0 && value >= least)) continue;
      owner = block;
      least = value;
    }
    values[index] = least;
    owners[index] = owner;
    next[owner] = (next[owner] ?? 0) + 1;
  }
  return { values, owners };
}

/** Row m: how many values of each block lie before value m · MARK_EVERY; the last row counts all of them. */
function marksOf(owners: Uint16Array, width: number): Uint32Array {
  const rows = Math.ceil(owners.length / MARK_EVERY) + 1;
  const marks = new Uint32Array(rows * width);
  const counts = new Uint32Array(width);
  for (let row = 0; row < rows; row += 1) {
    marks.set(counts, row * width);
    for (let index = row * MARK_EVERY; index < Math.min(owners.length, (row + 1) * MARK_EVERY); index += 1) {
      const owner = owners[index] ?? 0;
      counts[owner] = (counts[owner] ?? 0) + 1;
    }
  }
  return marks;
}
