import { describe, expect, test } from 'vitest';
import {
  fixed,
  MIN_SPAN_MS,
  panned,
  type Range,
  rangeOf,
  type TimeWindow,
  zoomed,
} from '../../web/src/timeline/data/time-window.js';
import { randomFrom } from './random.js';

const span = ({ fromMs, toMs }: Range): number => toMs - fromMs;

describe('what is shown', () => {
  test('the whole race begins at its beginning, and grows in few steps', () => {
    const ends = new Set<number>();
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 16) {
      const range = rangeOf({ kind: 'whole' }, nowMs, true);
      expect(range.fromMs).toBe(0);
      expect(range.toMs).toBeGreaterThanOrEqual(nowMs);
      ends.add(range.toMs);
    }
    expect(ends.size).toBeLessThan(20);
  });

  test('the whole of a race that is over fits', () => {
    expect(rangeOf({ kind: 'whole' }, 10_000, false)).toEqual({ fromMs: 0, toMs: 10_200 });
  });

  test('the last seconds end now, and do not begin before the race', () => {
    expect(rangeOf({ kind: 'follow', spanMs: 5_000 }, 20_000, true)).toEqual({ fromMs: 15_000, toMs: 20_000 });
    expect(rangeOf({ kind: 'follow', spanMs: 5_000 }, 1_000, true)).toEqual({ fromMs: 0, toMs: 5_000 });
  });

  test('zooming keeps the moment under the pointer where it is', () => {
    const range = { fromMs: 4_000, toMs: 8_000 };
    const window = zoomed(range, 0.5, 5_000, 20_000);
    expect(window).toEqual({ kind: 'fixed', fromMs: 4_500, toMs: 6_500 });
  });

  test('zooming out ends at the whole race', () => {
    expect(zoomed({ fromMs: 0, toMs: 9_000 }, 2, 4_000, 10_000)).toEqual({ kind: 'whole' });
  });

  test('wherever somebody goes, he stays in the race and sees something', () => {
    const random = randomFrom(4);
    const nowMs = 30_000;
    let window: TimeWindow = { kind: 'whole' };
    for (let step = 0; step < 5_000; step += 1) {
      const range = rangeOf(window, nowMs, false);
      expect(range.fromMs).toBeGreaterThanOrEqual(0);
      expect(range.toMs).toBeLessThanOrEqual(nowMs * 1.02 + 1e-6);
      expect(span(range)).toBeGreaterThanOrEqual(MIN_SPAN_MS - 1e-6);
      const anchorMs = range.fromMs + random() * span(range);
      const act = random();
      if (act < 0.4) window = zoomed(range, 0.2 + 2 * random(), anchorMs, nowMs);
      else if (act < 0.8) window = panned(range, 4 * random() - 2, nowMs);
      else window = fixed(anchorMs, random() * 100, nowMs);
    }
  });
});
