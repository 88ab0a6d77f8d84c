import { describe, expect, it } from 'vitest';
import { seededRandom } from '../src/random.js';

describe('seededRandom', () => {
  it('gives the numbers of mulberry32', () => {
    const random = seededRandom(0);
    expect([random(), random(), random()]).toEqual([0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]);
  });

  it('repeats itself for the same seed and differs for another', () => {
    const draw = (seed: number): number[] => Array.from({ length: 20 }, seededRandom(seed));
    expect(draw(2 ** 32 - 1)).toEqual(draw(2 ** 32 - 1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('spreads evenly over [0, 1)', () => {
    const random = seededRandom(7);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 100_000; i++) tenths[Math.floor(random() * 10)]! += 1;
    // The standard deviation of a count is 95.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
