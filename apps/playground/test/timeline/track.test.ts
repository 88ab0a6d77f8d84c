import { describe, expect, test } from 'vitest';
import { PaneRecord } from '../../web/src/pane/pane-record.js';
import { HEAP_LIMIT_MS, TOGETHER_MS } from '../../web/src/timeline/data/heaps.js';
import { Track } from '../../web/src/timeline/data/track.js';
import { randomFrom } from './random.js';

export function recordFrom(startMs = 1_000): PaneRecord {
  const record = new PaneRecord('p0', 'sse', 'lane');
  record.startMs = startMs;
  return record;
}

function take(record: PaneRecord, atMs: number, tokens = 1): void {
  const seq = record.lastSeq + 1;
  const delta = { type: 'text_delta', text: 'a' } as const;
  record.take({ type: 'content_block_delta', seq, index: 0, delta, tokens }, atMs);
}

/** All inter-token latencies by their definition: a token each, those of one heap at the time of its first event. */
function itlOf(arrivals: readonly { atMs: number; tokens: number }[]): number[] {
  const times: number[] = [];
  let [first, last] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { atMs, tokens } of arrivals) {
    if (atMs - last > TOGETHER_MS || atMs - first > HEAP_LIMIT_MS) first = atMs;
    last = atMs;
    for (let count = 0; count < tokens; count += 1) times.push(first);
  }
  return times.slice(1).map((time, index) => time - times[index]!);
}

describe('a track', () => {
  test('puts what came together into one heap, and gives its tokens an ITL of 0', () => {
    const record = recordFrom();
    const track = new Track(record);
    for (const atMs of [1_100, 1_100.1, 1_100.2, 1_600, 1_600.1]) take(record, atMs);
    track.update(2_000);
    expect([...track.arrivals.heaps.most.view()]).toEqual([3, 2]);
    expect([...track.arrivals.heaps.total.view()]).toEqual([3, 5]);
    expect(track.itl.spread()).toEqual({ count: 4, p50: 0, p95: 500, p99: 500, max: 500 });
    expect([track.usual, track.largest]).toEqual([2, 3]);
  });

  test('counts an event of several tokens as that many, arriving together', () => {
    const record = recordFrom();
    const track = new Track(record);
    take(record, 1_100, 4);
    take(record, 1_150, 1);
    track.update(2_000);
    expect(track.itl.spread()).toMatchObject({ count: 4, p50: 0, max: 50 });
  });

  test.each([1, 2, 3, 4, 5])('comes to the same whenever it looks, seed %i', (seed) => {
    const random = randomFrom(seed);
    const record = recordFrom(0);
    const track = new Track(record);
    const arrivals: { atMs: number; tokens: number }[] = [];
    let atMs = 300;
    for (let count = 0; count < 2_000; count += 1) {
      atMs += random() < 0.4 ? 0.05 : 2 + 60 * random();
      const tokens = random() < 0.9 ? 1 : 3;
      arrivals.push({ atMs, tokens });
      take(record, atMs, tokens);
      // A frame comes between two heaps as often as in the middle of one.
      if (random() < 0.2) track.update(atMs);
    }
    track.update(atMs + 1_000);
    const expected = itlOf(arrivals).sort((one, other) => one - other);
    expect(track.itl.count).toBe(expected.length);
    expect(track.itl.count).toBe(record.tokenCount - 1);
    for (const share of [0.5, 0.9, 0.99, 1]) {
      const value = expected[Math.ceil(share * expected.length) - 1]!;
      expect(Math.abs(track.itl.quantile(share)! - value)).toBeLessThanOrEqual(0.05 + 1e-9);
    }
    expect(track.arrivals.totalAt(Number.POSITIVE_INFINITY)).toBe(record.tokenCount);
  });

  test('a quick stream is no single heap, however small its gaps are', () => {
    const record = recordFrom(0);
    const track = new Track(record);
    for (let count = 0; count < 1_000; count += 1) take(record, 100 + count * 0.5);
    track.update(5_000);
    expect(track.arrivals.heaps.at.length).toBeGreaterThanOrEqual(500 / (HEAP_LIMIT_MS + 1));
  });

  test('says only once that something is new', () => {
    const record = recordFrom();
    const track = new Track(record);
    take(record, 1_100);
    expect(track.update(1_100)).toBe(true);
    // The heap is complete now, which nobody told.
    expect(track.update(1_110)).toBe(true);
    expect(track.update(1_120)).toBe(false);
    record.note('you', 'cut', 1_125);
    expect(track.update(1_130)).toBe(true);
    expect(track.update(1_140)).toBe(false);
  });

  test('works out the delivery latency of each token when its due time comes, later and in any batches', () => {
    const record = recordFrom();
    const track = new Track(record);
    [1_500, 1_500.1, 2_000].forEach((atMs) => take(record, atMs));
    track.update(2_100);
    expect(track.latency.count).toBe(0);
    record.dueMs[1] = 1_100;
    record.version += 1;
    track.update(2_200);
    expect(track.latency.spread()).toMatchObject({ count: 1, max: 400 });
    record.dueMs[2] = 1_200;
    record.dueMs[3] = 1_300;
    record.version += 1;
    track.update(2_300);
    expect(track.latency.spread()).toMatchObject({ count: 3, p50: 400, max: 700 });
    expect([...track.due.heaps.at.view()]).toEqual([1_100, 1_200, 1_300]);
  });

  test('keeps the timetable ascending when the clocks are measured again', () => {
    const record = recordFrom();
    const track = new Track(record);
    [1_500, 1_500.1].forEach((atMs) => take(record, atMs));
    record.dueMs[1] = 1_300;
    record.dueMs[2] = 1_299;
    track.update(2_000);
    expect(track.due.totalAt(1_300)).toBe(2);
  });
});

describe('stalls', () => {
  function stallsOf(arrivals: readonly number[], nowMs: number, ended = false): readonly unknown[] {
    const record = recordFrom(0);
    const track = new Track(record);
    for (const atMs of arrivals) take(record, atMs);
    if (ended) record.endMs = arrivals.at(-1);
    track.update(nowMs);
    return track.stalls(nowMs);
  }
  const every = (ms: number, count: number, fromMs = 3_000): number[] =>
    Array.from({ length: count }, (_, index) => fromMs + index * ms);

  test('a silence that is long and unusual is one, and it ends with the next token', () => {
    expect(stallsOf([...every(40, 10), 5_000, 5_040], 5_050)).toEqual([{ fromMs: 3_360, toMs: 5_000 }]);
  });

  test('a silence that still lasts is one until now', () => {
    expect(stallsOf(every(40, 10), 4_000)).toEqual([{ fromMs: 3_360, toMs: 4_000 }]);
    expect(stallsOf(every(40, 10), 3_860)).toEqual([]);
  });

  test('there is none after the end', () => {
    expect(stallsOf(every(40, 10), 9_000, true)).toEqual([]);
  });

  test('the steps of polling are none', () => {
    expect(stallsOf(every(800, 10), 3_000 + 9 * 800 + 900)).toEqual([]);
    // But six of them missing are.
    expect(stallsOf(every(800, 10), 3_000 + 15 * 800)).toHaveLength(1);
  });

  test('the wait for the first token is none, nor is one before a rhythm is known', () => {
    expect(stallsOf([5_000], 5_001)).toEqual([]);
    expect(stallsOf([100, 140, 3_000], 3_001)).toEqual([]);
  });
});
