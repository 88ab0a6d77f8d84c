import { describe, expect, test } from 'vitest';
import { durationText } from '../../web/src/timeline/data/duration.js';
import { Tally } from '../../web/src/timeline/data/tally.js';
import { randomFrom } from './random.js';

/** Nearest rank, by the book. */
function nearestRank(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

describe('a tally', () => {
  test('has no figures of nothing', () => {
    expect(new Tally().spread()).toEqual({ count: 0, p50: undefined, p95: undefined, p99: undefined, max: undefined });
  });

  test.each([1, 2, 3, 4])('gives percentiles by nearest rank, seed %i', (seed) => {
    const random = randomFrom(seed);
    const tally = new Tally();
    const values: number[] = [];
    for (let count = 0; count < 700; count += 1) {
      // Tenths, as a browser's clock has them; negative ones, too: clocks of two machines differ.
      const value = Math.round((random() ** 4 * 5_000 - 3) * 10) / 10;
      values.push(value);
      tally.add(value);
      // Asked in between as well: what was sorted once must not be what counts later.
      if (count % 50 === 0) expect(tally.quantile(0.95)).toBeCloseTo(nearestRank(values, 0.95)!, 9);
    }
    for (const share of [0, 0.01, 0.5, 0.9, 0.95, 0.99, 1]) {
      expect(tally.quantile(share)).toBeCloseTo(nearestRank(values, share)!, 9);
    }
    expect(tally.max).toBeCloseTo(Math.max(...values), 9);
    expect(tally.count).toBe(values.length);
  });

  test('counts a value as often as it is told, and not for zero times', () => {
    const tally = new Tally();
    tally.add(0, 9);
    tally.add(500);
    tally.add(70, 0);
    expect(tally.spread()).toEqual({ count: 10, p50: 0, p95: 500, p99: 500, max: 500 });
  });
});

test.each([
  [0, '0 ms'],
  [0.3, '0.3 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [512.4, '512 ms'],
  [999.6, '1.00 s'],
  [9_990, '9.99 s'],
  [12_340, '12.3 s'],
  [-2.5, '-2.5 ms'],
])('%d ms is written %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
