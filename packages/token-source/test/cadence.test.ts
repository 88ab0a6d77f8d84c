import { CADENCE_PRESETS } from '@tokenwire/protocol';
import { describe, expect, test } from 'vitest';
import { CADENCES, resolveCadence, timetable } from '../src/cadence.js';

function offsets(count: number, ...args: Parameters<typeof timetable>): number[] {
  const next = timetable(...args);
  return Array.from({ length: count }, () => next());
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

describe('timetable', () => {
  test('the same cadence and seed give the same timetable, another seed another', () => {
    expect(offsets(100, 'typical', 7)).toEqual(offsets(100, 'typical', 7));
    expect(offsets(100, 'typical', 7)).not.toEqual(offsets(100, 'typical', 8));
  });

  test('it is the same in every process', () => {
    // Written down once: a change of these figures changes every recorded comparison.
    expect(offsets(5, 'typical', 7)).toMatchInlineSnapshot(`
      [
        300,
        312.577,
        351.953,
        378.186,
        404.576,
      ]
    `);
  });

  test.each([0.1, 0.3, 0.6, 1])('gaps have the requested mean and variation %f, and are never negative', (jitter) => {
    const all = gaps(offsets(200_000, { ttftMs: 0, tokensPerSecond: 50, jitter }, 11));
    const mean = all.reduce((sum, gap) => sum + gap, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / all.length);
    expect(mean).toBeGreaterThan(20 * 0.99);
    expect(mean).toBeLessThan(20 * 1.01);
    expect(deviation / mean).toBeGreaterThan(jitter * 0.97);
    expect(deviation / mean).toBeLessThan(jitter * 1.03);
    expect(Math.min(...all.slice(0, 100_000))).toBeGreaterThan(0);
  });

  test('no jitter: exact steps after the time to first token', () => {
    expect(offsets(4, { ttftMs: 250, tokensPerSecond: 40, jitter: 0 }, 1)).toEqual([250, 275, 300, 325]);
  });

  test('bursts appear together, and the mean rate stays', () => {
    const times = offsets(6, { ttftMs: 100, tokensPerSecond: 100, jitter: 0, burst: 3 }, 1);
    expect(times).toEqual([100, 100, 100, 130, 130, 130]);
  });

  test('a piece of several tokens is due with its last one, one of none with the one before', () => {
    const next = timetable({ ttftMs: 100, tokensPerSecond: 100, jitter: 0 }, 1);
    expect([next(0), next(3), next(0), next(1)]).toEqual([100, 120, 120, 130]);
  });

  test('instant has no pace', () => {
    expect(new Set(offsets(1000, 'instant', 3))).toEqual(new Set([0]));
  });

  test('each preset is what its table says', () => {
    for (const preset of CADENCE_PRESETS) expect(resolveCadence(preset)).toEqual(CADENCES[preset]);
    expect(resolveCadence({ burst: 2 })).toEqual({ ttftMs: 300, tokensPerSecond: 50, jitter: 0.3, burst: 2 });
  });
});
