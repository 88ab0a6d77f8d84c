import { describe, expect, test } from 'vitest';
import { Bins, type Heap, Level } from '../../web/src/timeline/data/bins.js';
import { Column } from '../../web/src/timeline/data/column.js';
import { randomHeaps } from './random.js';

function binsOf(heaps: readonly Heap[]): Bins {
  const bins = new Bins();
  for (const heap of heaps) bins.add(heap);
  return bins;
}

const WIDTHS = [1, 4, 7, 33, 250, 4_000, 1e6, 1e9];

describe('a column', () => {
  test('keeps what was appended while its memory grows', () => {
    const column = new Column();
    for (let value = 0; value < 5_000; value += 1) column.push(value / 2);
    expect(column.length).toBe(5_000);
    expect([...column.view()]).toEqual(Array.from({ length: 5_000 }, (_, index) => index / 2));
    expect(column.at(5_000)).toBeNaN();
    expect(column.last).toBe(4_999 / 2);
  });

  test('finds the first value above a limit as a search from the front does', () => {
    const column = new Column();
    const values = [1, 1, 2, 4, 4, 4, 9];
    for (const value of values) column.push(value);
    for (const limit of [0, 1, 1.5, 2, 3, 4, 8, 9, 10]) {
      const index = values.findIndex((value) => value > limit);
      expect(column.firstAbove(limit)).toBe(index === -1 ? values.length : index);
    }
  });

  test('has nothing left of before after it was cleared', () => {
    const column = new Column();
    column.push(7);
    column.clear();
    expect(column.length).toBe(0);
    expect(column.at(0)).toBeNaN();
  });
});

describe.each([1, 2, 3])('bins of random heaps, seed %i', (seed) => {
  const heaps = randomHeaps(seed, 4_000);
  const bins = binsOf(heaps);
  const tokens = heaps.reduce((sum, heap) => sum + heap.tokens, 0);

  test.each(WIDTHS)('lose no token, no largest heap and no longest gap at %d ms per pixel', (width) => {
    const level = bins.levelFor(width);
    expect(level.total.last).toBe(tokens);
    expect(Math.max(...level.most.view())).toBe(Math.max(...heaps.map((heap) => heap.tokens)));
    const known = heaps.slice(1).map(({ gapMs }) => gapMs);
    expect(Math.max(...level.longest.view().filter(Number.isFinite))).toBe(Math.max(...known));
    expect(Math.min(...level.shortest.view().filter(Number.isFinite))).toBe(Math.min(...known));
  });

  test.each(WIDTHS)('are as many as pixels at most twice over, at %d ms per pixel', (width) => {
    const lasted = heaps.at(-1)!.atMs - heaps[0]!.atMs;
    const level = bins.levelFor(width);
    if (level.binMs > 0) {
      expect(level.binMs).toBeLessThanOrEqual(width);
      expect(level.at.length).toBeLessThanOrEqual(lasted / level.binMs + 2);
      if (width <= 4 * 2 ** 14) expect(level.binMs * 2).toBeGreaterThan(width);
    } else expect(width).toBeLessThan(4);
  });

  test('keep times ascending and totals growing on every level', () => {
    for (const width of WIDTHS) {
      const { at, total } = bins.levelFor(width);
      const ascending = (values: Float64Array): boolean =>
        values.every((value, index) => index === 0 || value > values[index - 1]!);
      expect([ascending(at.view()), ascending(total.view())]).toEqual([true, true]);
    }
  });

  test('say how many tokens had come at any moment', () => {
    for (const index of [0, 17, 1_000, 3_999]) {
      const heap = heaps[index]!;
      const until = heaps.slice(0, index).reduce((sum, { tokens }) => sum + tokens, 0);
      expect(bins.totalAt(heap.atMs - 0.01)).toBe(until);
      expect(bins.totalAt(heap.atMs)).toBe(until + heap.tokens);
    }
  });
});

test('a level bins what a pass over all heaps bins', () => {
  const heaps = randomHeaps(9, 500);
  const level = new Level(64);
  for (const heap of heaps) level.add(heap);
  const groups = new Map<number, Heap[]>();
  for (const heap of heaps) {
    const bin = Math.floor(heap.atMs / 64);
    groups.set(bin, [...(groups.get(bin) ?? []), heap]);
  }
  expect([...level.at.view()]).toEqual([...groups.values()].map(([first]) => first!.atMs));
  expect([...level.most.view()]).toEqual(
    [...groups.values()].map((group) => Math.max(...group.map(({ tokens }) => tokens))),
  );
});

test('the first heap of all, whose gap nobody knows, hides no gap in its bin', () => {
  const level = new Level(100);
  level.add({ atMs: 10, tokens: 1, gapMs: Number.NaN });
  expect(level.longest.last).toBeNaN();
  level.add({ atMs: 30, tokens: 1, gapMs: 20 });
  level.add({ atMs: 40, tokens: 1, gapMs: 10 });
  expect([level.shortest.last, level.longest.last]).toEqual([10, 20]);
});
