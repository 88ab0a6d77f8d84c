import { describe, expect, test } from 'vitest';

import { flowOf, heapsOf } from '../src/diagnose/flow.js';
import { judge, latenessOf, TIMETABLE } from '../src/diagnose/timetable.js';
import type { ContentArrival } from '../src/wire/exchange.js';
import { splitterFor } from '../src/wire/units.js';

const at = (atMs: number, bytes = 100, more: Partial<ContentArrival> = {}): ContentArrival => ({
  ...{ atMs, bytes, units: 1, midUnit: false },
  ...more,
});

const every = (count: number, gapMs: number, fromMs = 0): ContentArrival[] =>
  Array.from({ length: count }, (_, i) => at(fromMs + i * gapMs));

function flow(content: readonly ContentArrival[], headersMs = 5) {
  const contentBytes = content.reduce((sum, { bytes }) => sum + bytes, 0);
  const endMs = (content.at(-1)?.atMs ?? 0) + 1;
  return flowOf({ content, contentBytes, headersMs, endMs, ending: 'complete' });
}

describe('the pace of an unknown server', () => {
  test('flows when pieces come one by one, also when some come together', () => {
    expect(flow(every(30, 80)).kind).toBe('flowing');
    const stumbling = every(60, 50).map((one, i) => at(i % 10 < 3 ? Math.floor(i / 10) * 500 + 150 : one.atMs));
    expect(flow(stumbling.sort((a, b) => a.atMs - b.atMs)).kind).toBe('flowing');
  });

  test('is held to the end when nearly all comes in the last twentieth', () => {
    expect(flow([at(10), ...every(29, 0, 3_000)])).toMatchObject({
      kind: 'held-to-end',
      withHeaders: false,
      units: 30,
    });
    expect(flow(every(29, 0, 3_000), 2_999)).toMatchObject({ kind: 'held-to-end', withHeaders: true });
  });

  test('knows a buffer by its size, where messages are broken or unknown', () => {
    const broken = [500, 1_000, 1_500, 1_700].map((ms) => at(ms, 4_096, { midUnit: ms < 1_700 }));
    expect(flow(broken)).toMatchObject({ kind: 'by-size', sizeBytes: 4_096 });
    const bare = [500, 1_000, 1_500, 1_700].map((ms) => at(ms, ms < 1_700 ? 8_192 : 99, { units: 0 }));
    expect(flow(bare)).toMatchObject({ kind: 'by-size', sizeBytes: 8_192 });
    // Whole messages that happen to be large, and alike.
    const whole = [500, 1_000, 1_500, 1_700].map((ms) => at(ms, 4_096));
    expect(flow(whole).kind).toBe('flowing');
  });

  test('knows a timer by even heaps of several pieces', () => {
    const timed = every(40, 75).map(({ atMs }) => at(Math.ceil(atMs / 300) * 300));
    expect(flow(timed)).toMatchObject({ kind: 'grouped', perHeap: 4, gapMs: 300 });
  });

  test.each([
    ['nothing', []],
    ['one small message after a while', [at(2_000)]],
    ['something short', [at(5), at(40)]],
  ])('says nothing of %s', (_name, content) => {
    expect(flow(content).kind).toBe('unclear');
  });
});

test('pieces within 20 ms of each other are one heap', () => {
  expect(heapsOf([at(0), at(15), at(30), at(90)]).map(({ pieces }) => pieces)).toEqual([3, 1]);
});

describe('tokens on a timetable', () => {
  const { tokens, gapMs } = TIMETABLE;
  const due = Array.from({ length: tokens }, (_, i) => 600 + i * gapMs);
  const verdict = (arrivals: readonly number[]) => {
    const lateness = latenessOf(arrivals, TIMETABLE);
    return lateness === undefined ? 'unmatched' : judge(lateness, TIMETABLE);
  };

  test('flow through any distance, and through a machine that is busy at times', () => {
    expect(verdict(due)).toBe('flowing');
    expect(verdict(due.map((ms) => ms + 5_000))).toBe('flowing');
    const stalled = due.map((ms, i) => (i >= 10 && i < 25 ? Math.max(ms, (due[25] ?? 0) - 30) : ms));
    expect(verdict(stalled)).toBe('flowing');
  });

  test('are found when held to the end, or gathered by a timer or a buffer', () => {
    const end = due.at(-1) ?? 0;
    expect(verdict(due.map(() => end + 3))).toBe('held-to-end');
    expect(verdict(due.map((ms) => Math.ceil(ms / 250) * 250))).toBe('grouped');
    expect(verdict(due.map((_, i) => due[Math.min(tokens - 1, Math.ceil((i + 1) / 20) * 20)] ?? end))).toBe('grouped');
  });

  test('are measured exactly', () => {
    const late = due.map((ms, i) => (i === 7 ? ms + 10 : ms));
    expect(latenessOf(late, TIMETABLE)).toMatchObject({ maxMs: 10, medianMs: 0, firstMs: 0, heaps: tokens });
  });

  test('cannot be matched when some are missing', () => {
    expect(verdict(due.slice(1))).toBe('unmatched');
  });
});

test('content is cut into the units of its type, wherever pieces end', () => {
  const blocks = splitterFor('text/event-stream');
  expect([blocks.push('data: a\n'), blocks.open]).toEqual([[], true]);
  expect([blocks.push('\ndata: b\r\n\r\n'), blocks.open]).toEqual([['data: a', 'data: b'], false]);
  const lines = splitterFor('application/x-ndjson');
  expect(lines.push('{"a":1}\n\n{"b"')).toEqual(['{"a":1}', '']);
  expect(lines.open).toBe(true);
  const text = splitterFor('text/plain');
  expect([text.push('some words'), text.open, text.known]).toEqual([['some words'], false, false]);
});
