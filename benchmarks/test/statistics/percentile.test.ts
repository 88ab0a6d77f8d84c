import { describe, expect, it } from 'vitest';

import { carries, percentile, spread } from '../../src/statistics/percentile.js';

describe('percentile, nearest rank', () => {
  const fifteen = [15, 20, 35, 40, 50];

  it('gives the values of the textbook example', () => {
    expect([5, 30, 40, 50, 100].map((p) => percentile(fifteen, p))).toEqual([15, 20, 20, 35, 50]);
  });

  it('is always a measured value, in whatever order they came', () => {
    expect(percentile([9, 1, 5, 3], 50)).toBe(3);
    expect(percentile([10, 9, 8], 50)).toBe(9);
    // Sorted as numbers, not as texts.
    expect(percentile([100, 20, 3], 100)).toBe(100);
  });

  it('takes the exact rank where floating point would go one too far', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    for (let p = 1; p <= 100; p += 1) expect(percentile(hundred, p)).toBe(p);
    expect(
      percentile(
        Array.from({ length: 20 }, (_, index) => index + 1),
        95,
      ),
    ).toBe(19);
  });

  it('of one value is that value, of none is nothing', () => {
    expect(percentile([7], 99)).toBe(7);
    expect(percentile([], 50)).toBeNaN();
  });

  it('does not change its input', () => {
    const values = [3, 1, 2];
    percentile(values, 50);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('what a sample can carry', () => {
  it('p99 takes 100 values, p95 takes 20, p50 takes 2', () => {
    expect([carries(100, 99), carries(99, 99)]).toEqual([true, false]);
    expect([carries(20, 95), carries(19, 95)]).toEqual([true, false]);
    expect([carries(2, 50), carries(1, 50)]).toEqual([true, false]);
  });

  it('leaves out the percentiles it cannot', () => {
    const values = Array.from({ length: 50 }, (_, index) => index + 1);
    expect(spread(values)).toEqual({ n: 50, min: 1, p50: 25, p95: 48, p99: null, max: 50 });
    expect(spread([])).toBeNull();
  });

  it('removes no outlier', () => {
    expect(spread([1, 1, 1, 1_000_000])?.max).toBe(1_000_000);
  });
});
