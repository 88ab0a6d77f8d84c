import { describe, expect, it } from 'vitest';

import type { Metric } from '../../src/metrics/metric.js';
import { metricOf } from '../../src/metrics/registry.js';
import { compare, signInterval } from '../../src/statistics/compare.js';
import { detectionFloor } from '../../src/statistics/floor.js';
import type { BlockValues } from '../../src/statistics/weighted.js';

/** One value a block; differences between blocks are those of the machine. */
function blocks(...values: readonly number[]): BlockValues[] {
  return values.map((value, index) => ({ block: index + 1, values: [value, value], streams: 50 }));
}

const MACHINE = [10, 14, 11, 9, 12, 10];
const reference = blocks(...MACHINE);
const shifted = (by: number): BlockValues[] => blocks(...MACHINE.map((value) => value + by));

describe('words for differences', () => {
  const p50 = metricOf('ttft.p50');
  const wordOf = (metric: Metric, target: readonly BlockValues[]) => compare(metric, target, reference, 1).word;

  it('are faster and slower for times', () => {
    expect([wordOf(p50, shifted(3)), wordOf(p50, shifted(-3))]).toEqual(['slower', 'faster']);
  });

  it('are less and more for everything else, and for gaps that are neither good nor bad', () => {
    const cpu = metricOf('serverCpu.median');
    expect([wordOf(cpu, shifted(3)), wordOf(cpu, shifted(-3))]).toEqual(['more', 'less']);
    const itl = metricOf('itl.p50');
    expect([wordOf(itl, shifted(3)), wordOf(itl, shifted(-3))]).toEqual(['more', 'less']);
  });

  it('are equivalent within the margin, whichever of its parts is larger', () => {
    expect(wordOf(p50, shifted(0))).toBe('equivalent');
    // 5 % of 10 ms are 0.5 ms.
    expect(wordOf(p50, shifted(0.4))).toBe('equivalent');
    expect(wordOf(p50, shifted(0.6))).not.toBe('equivalent');
    // Of 1 ms they are 0.05 ms, so that 0.2 ms holds.
    const small = blocks(1, 1, 1, 1, 1, 1);
    expect(compare(p50, blocks(1.15, 1.15, 1.15, 1.15, 1.15, 1.15), small, 1).word).toBe('equivalent');
    expect(compare(p50, blocks(1.3, 1.3, 1.3, 1.3, 1.3, 1.3), small, 1).word).toBe('slower');
  });

  it('are inconclusive when the interval reaches across the margin', () => {
    const noisy = blocks(...MACHINE.map((value, index) => value + (index % 2 === 0 ? 4 : -3)));
    const { word, why } = compare(p50, noisy, reference, 1);
    expect([word, why]).toEqual(['inconclusive', 'the interval reaches across the margin']);
  });
});

describe('blocks', () => {
  const cpu = metricOf('serverCpu.median');

  it('are compared with their own kind: what the machine does to both cancels out', () => {
    const { difference, ratio } = compare(cpu, shifted(2), reference, 1);
    expect(difference).toMatchObject({ value: 2, low: 2, high: 2, blocks: 6 });
    expect(ratio.value).toBeCloseTo((12 / 10 + 13 / 11) / 2, 1);
  });

  it('that only one side has do not count', () => {
    const { difference } = compare(cpu, [...shifted(2), { block: 9, values: [99], streams: 1 }], reference, 1);
    expect(difference).toMatchObject({ value: 2, blocks: 6 });
  });

  it('have to be six', () => {
    const { word, why, difference } = compare(cpu, shifted(50).slice(1), reference, 1);
    expect([word, why]).toEqual(['inconclusive', 'needs 6 blocks, has 5']);
    expect(difference.value).toBe(50);
  });

  it('have to be there, with enough values', () => {
    expect(compare(cpu, [], reference, 1)).toMatchObject({ word: 'inconclusive', why: 'no block has both' });
    const p99 = compare(metricOf('ttft.p99'), shifted(50), reference, 1);
    expect(p99).toMatchObject({ word: 'inconclusive', why: '12 values do not carry it' });
    expect(p99.difference.value).toBeNull();
  });

  it('need not be six for counts that never vary', () => {
    const bytes: Metric = { ...cpu, unit: 'bytes', deterministic: true };
    expect(compare(bytes, blocks(120, 120), blocks(100, 100), 1).word).toBe('more');
    expect(compare(bytes, blocks(120, 121), blocks(100, 100), 1).why).toBe('needs 6 blocks, has 2');
    expect(compare(bytes, blocks(120), blocks(100), 1).why).toBe('needs 6 blocks, has 1');
  });
});

describe('a ratio', () => {
  it('to nothing is nothing', () => {
    const nothing = blocks(0, 0, 0, 0, 0, 0);
    expect(compare(metricOf('lost.mean'), nothing, nothing, 1)).toMatchObject({
      word: 'equivalent',
      ratio: { value: null },
    });
  });
});

describe('the sign test’s interval', () => {
  it('is everything for six values, and leaves out one on each side for nine', () => {
    expect(signInterval([6, 1, 5, 2, 4, 3])).toEqual({ low: 1, high: 6 });
    expect(signInterval([9, 1, 8, 2, 7, 3, 6, 4, 5])).toEqual({ low: 2, high: 8 });
  });

  it('does not exist for five', () => {
    expect(signInterval([1, 2, 3, 4, 5])).toBeNull();
    expect(signInterval([1, 2, 3, 4, 5, Number.NaN])).toBeNull();
  });
});

describe('the detection floor', () => {
  const place = { metric: 'ttft.p50', point: '', target: 'b', reference: 'a' };
  const noisy = (by: number) => ({
    ...place,
    ...compare(metricOf('ttft.p50'), blocks(...MACHINE.map((value, i) => value + (i % 2 ? by : -by))), reference, 1),
  });
  const halfOf = ({ difference: { low, high } }: ReturnType<typeof noisy>) => ((high ?? 0) - (low ?? 0)) / 2;

  it('is half of the widest A/A interval, or of the narrowest interval without an A/A run', () => {
    const [wide, narrow] = [noisy(4), noisy(1)];
    expect(halfOf(wide)).toBeGreaterThan(halfOf(narrow));
    expect(detectionFloor([wide, narrow], [])).toEqual({ 'ttft.p50': halfOf(wide) });
    expect(detectionFloor([], [wide, narrow])).toEqual({ 'ttft.p50': halfOf(narrow) });
    expect(detectionFloor([wide], [narrow])).toEqual({ 'ttft.p50': halfOf(wide) });
    expect(detectionFloor([], [])).toEqual({});
  });
});
