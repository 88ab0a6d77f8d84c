import { seededRandom } from '@tokenwire/token-source';
import { describe, expect, it } from 'vitest';

import { metricOf } from '../../src/metrics/registry.js';
import type { Metric } from '../../src/metrics/metric.js';
import { bootstrap, draws, intervalOf, once, RESAMPLES } from '../../src/statistics/bootstrap.js';
import { carriesStatistic, isSampleOnly, streamsFor } from '../../src/statistics/carries.js';
import { normalCdf, student975 } from '../../src/statistics/distributions.js';
import { estimate } from '../../src/statistics/estimate.js';
import { percentile } from '../../src/statistics/percentile.js';
import { weighted, weightedMedian, type BlockValues } from '../../src/statistics/weighted.js';

function blocksOf(...values: readonly (readonly number[])[]): BlockValues[] {
  return values.map((own, index) => ({ block: index + 1, values: own, streams: 10 }));
}

describe('statistics of weighted blocks', () => {
  const random = seededRandom(5);
  const sizes = [300, 0, 77, 1, 640];
  // Many values are equal, so that ties between blocks happen.
  const blocks = blocksOf(...sizes.map((size) => Array.from({ length: size }, () => Math.floor(random() * 50))));

  it('are those of the values written out as often as their block counts', () => {
    for (const weights of [once(5), [2, 0, 1, 0, 2], [0, 1, 0, 4, 0], [5, 0, 0, 0, 0], [1, 1, 1, 1, 1]]) {
      const written = blocks.flatMap(({ values }, block) =>
        Array.from({ length: weights[block] ?? 0 }, () => Array.from(values)).flat(),
      );
      for (const p of [0.5, 10, 50, 90, 99, 99.9]) {
        expect(weighted({ kind: 'percentile', p }, blocks)(weights)).toBe(percentile(written, p));
      }
      const mean = written.reduce((sum, value) => sum + value, 0) / written.length;
      expect(weighted({ kind: 'mean' }, blocks)(weights)).toBeCloseTo(mean, 9);
    }
  });

  it('are not averages of percentiles', () => {
    const uneven = blocksOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [100]);
    expect(weighted({ kind: 'percentile', p: 50 }, uneven)(once(2))).toBe(1);
  });

  it('take the median of one value a block, the mean of the two in the middle', () => {
    expect(weighted({ kind: 'median-of-blocks' }, blocksOf([3], [1], [2]))(once(3))).toBe(2);
    expect(weighted({ kind: 'median-of-blocks' }, blocksOf([3], [1], [2], [8]))(once(4))).toBe(2.5);
    expect(weightedMedian([3, Number.NaN, 1])(once(3))).toBe(2);
    expect(weightedMedian([3, 1, 2])([1, 1, 0])).toBe(2);
  });

  it('are nothing when nothing was drawn', () => {
    for (const kind of ['mean', 'median-of-blocks'] as const)
      expect(weighted({ kind }, blocks)([0, 0, 0, 0, 0])).toBeNaN();
    expect(weighted({ kind: 'percentile', p: 50 }, blocks)([0, 3, 0, 0, 0])).toBeNaN();
  });
});

describe('the bootstrap', () => {
  const blocks = blocksOf([1, 2], [3, 4], [5, 6], [2, 9], [4, 4], [7, 1]);

  it('draws as many blocks as there are, the same ones for the same seed', () => {
    for (const weights of draws(6, 3)) expect(weights.reduce((sum, count) => sum + count)).toBe(6);
    expect(draws(6, 3)).toHaveLength(RESAMPLES);
    expect(draws(6, 3)).toBe(draws(6, 3));
    expect(draws(6, 4)[0]).not.toEqual(draws(6, 3)[0]);
  });

  it('has Student’s interval or a wider one when the statistic is a mean of equal blocks', () => {
    const means = [1.5, 3.5, 5.5, 5.5, 4, 4];
    const mean = means.reduce((sum, value) => sum + value) / 6;
    const deviation = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5);
    const half = (2.5706 * deviation) / Math.sqrt(6);
    const interval = bootstrap(weighted({ kind: 'mean' }, blocks), 6, 1);
    // The standard error comes from 2 000 draws.
    expect((interval?.high ?? 0) - mean).toBeGreaterThan(half * 0.95);
    expect(mean - (interval?.low ?? 0)).toBeGreaterThan(half * 0.95);
    expect((interval?.high ?? 0) - (interval?.low ?? 0)).toBeLessThan(2 * half * 1.2);
  });

  it('has no interval with fewer than two blocks, or without a value', () => {
    expect(bootstrap(weighted({ kind: 'mean' }, blocksOf([1, 2])), 1, 1)).toBeNull();
    expect(bootstrap(weighted({ kind: 'mean' }, blocksOf([], [])), 2, 1)).toBeNull();
    expect(intervalOf(1, new Float64Array(10).fill(Number.NaN), 6)).toBeNull();
  });

  it('has an interval without width when all blocks agree', () => {
    expect(bootstrap(weighted({ kind: 'mean' }, blocksOf([2], [2], [2])), 3, 1)).toEqual({ low: 2, high: 2 });
  });
});

describe('distributions', () => {
  it('are those of the tables', () => {
    expect([-2.8161, -1.959964, 0, 1, 3].map((z) => Number(normalCdf(z).toFixed(5)))).toEqual([
      0.00243, 0.025, 0.5, 0.84134, 0.99865,
    ]);
    expect([1, 5, 9].map(student975)).toEqual([12.7062, 2.5706, 2.2622]);
    expect([11, 15, 20, 30, 120].map((freedom) => Number(student975(freedom).toFixed(3)))).toEqual([
      2.201, 2.131, 2.086, 2.042, 1.98,
    ]);
  });
});

describe('what a sample can say', () => {
  it('of a p99 takes 299 streams, of a p95 59 and of a median 5 (Wilks)', () => {
    expect([50, 95, 99, 1].map(streamsFor)).toEqual([5, 59, 299, 299]);
  });

  it('is asked of streams, however many tokens there are', () => {
    const p99 = metricOf('delivery.p99');
    expect([isSampleOnly(p99, 1e6, 298), isSampleOnly(p99, 1e6, 299)]).toEqual([true, false]);
    expect(isSampleOnly(metricOf('delivery.mean'), 10, 1)).toBe(false);
  });

  it('is nothing at all of a percentile without a value beyond it', () => {
    expect(carriesStatistic({ kind: 'percentile', p: 99 }, 99)).toBe(false);
    expect(carriesStatistic({ kind: 'percentile', p: 99 }, 100)).toBe(true);
    expect(carriesStatistic({ kind: 'percentile', p: 1 }, 99)).toBe(false);
    expect(carriesStatistic({ kind: 'mean' }, 1)).toBe(true);
  });
});

describe('an estimate', () => {
  const p95: Metric = metricOf('ttft.p95');

  it('tells how much is behind it', () => {
    const values = Array.from({ length: 10 }, (_, index) => index);
    const made = estimate(p95, blocksOf(values, values, []), 1);
    expect(made).toMatchObject({
      value: 9,
      samples: 20,
      streams: 20,
      blocks: 2,
      sampleOnly: true,
      blockValues: [null, null],
    });
    expect(made.low).not.toBeNull();
  });

  it('is null where the sample does not carry it, and for nothing', () => {
    expect(estimate(p95, blocksOf([1, 2, 3]), 1)).toMatchObject({ value: null, low: null, high: null, samples: 3 });
    expect(estimate(p95, [], 1)).toMatchObject({ value: null, samples: 0, streams: 0, blocks: 0 });
  });

  it('has no interval of one block', () => {
    expect(estimate(metricOf('ttft.p50'), blocksOf([1, 2, 3]), 1)).toMatchObject({ value: 2, low: null, high: null });
  });
});
