import { expect, test } from 'vitest';

import { markOf, measure, merged, rateSentence } from '../../web/src/break/effect.js';
import { counted, duration, listed, size } from '../../web/src/break/words.js';
import { FakePane, event } from './fakes.js';

/** A pane that gets an event at each of these times. */
function taking(times: readonly number[]): FakePane {
  const pane = new FakePane();
  pane.status('connecting');
  times.forEach((atMs, index) => {
    pane.nowMs = atMs;
    pane.take(event(index + 1));
  });
  return pane;
}

test('what came since a mark is measured: events, bytes, lumps and the longest wait', () => {
  const pane = taking([1_000, 1_010]);
  const mark = markOf(pane.record, 1_020);
  pane.record.bytes += 3_000;
  // Two lumps, of three and of two.
  [2_000, 2_005, 2_010, 3_500, 3_500].forEach((atMs, index) => {
    pane.nowMs = atMs;
    pane.take(event(index + 3));
  });
  expect(measure(pane.record, mark, 4_020)).toEqual({
    ...{ ms: 3_000, bytes: 3_000, events: 5 },
    ...{ lumps: 2, largestLump: 3, longestWaitMs: 1_490 },
  });
});

test('a wait that has not ended counts, unless the answer has', () => {
  const pane = taking([1_000]);
  const mark = markOf(pane.record, 1_000);
  expect(measure(pane.record, mark, 3_000)).toMatchObject({ events: 0, lumps: 0, longestWaitMs: 2_000 });
  pane.take(event(2, 'stop'));
  expect(measure(pane.record, mark, 9_000).longestWaitMs).toBe(0);
});

test('a rate is told in figures for people', () => {
  const measured = { ms: 10_000, bytes: 40_200, events: 1, lumps: 1, largestLump: 1, longestWaitMs: 0 };
  expect(rateSentence(measured)).toBe('In 10.0 s 40.2 KB came, 4.0 KB/s: 1 event.');
  expect(rateSentence({ ...measured, ms: 0, bytes: 0, events: 0 })).toBe('In 0 ms 0 bytes came, 0 bytes/s: 0 events.');
});

test('conditions hold together; of the same kind, the later one', () => {
  expect(merged([undefined, {}])).toEqual({});
  expect(merged([{ down: { latencyMs: 1 } }, { up: { latencyMs: 2 }, down: { bytesPerSecond: 3 } }])).toEqual({
    up: { latencyMs: 2 },
    down: { latencyMs: 1, bytesPerSecond: 3 },
  });
  expect(merged([{ up: { latencyMs: 1 } }, { up: { latencyMs: 2 } }])).toEqual({ up: { latencyMs: 2 } });
});

test('figures are told in units that people read', () => {
  expect([-3, 0.4, 999.4, 999.6, 12_340].map(duration)).toEqual(['0 ms', '0 ms', '999 ms', '1.0 s', '12.3 s']);
  expect([0, 999, 1_000, 2_500_000].map(size)).toEqual(['0 bytes', '999 bytes', '1.0 KB', '2.5 MB']);
  expect([counted(1, 'event'), counted(2, 'event')]).toEqual(['1 event', '2 events']);
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
