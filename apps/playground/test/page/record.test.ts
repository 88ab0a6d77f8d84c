import type { StreamEvent } from '@tokenwire/protocol';
import { describe, expect, test } from 'vitest';

import { ClockOffset } from '../../web/src/control/clock-offset.js';
import { metricsOf } from '../../web/src/pane/metrics.js';
import { PaneRecord } from '../../web/src/pane/pane-record.js';

const start: StreamEvent = { seq: 1, type: 'message_start', id: 'gen_x', model: 'sim' };
const text = (seq: number, tokens?: number): StreamEvent => ({
  seq,
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: 'x' },
  ...(tokens === undefined ? {} : { tokens }),
});

function record(...events: readonly (readonly [event: StreamEvent, atMs: number])[]): PaneRecord {
  const one = new PaneRecord('p0', 'sse', 'lane');
  one.startMs = 1_000;
  for (const [event, atMs] of events) one.take(event, atMs);
  return one;
}

describe('a record', () => {
  test('counts what was jumped over and what came twice', () => {
    const one = record([start, 1], [text(2), 2], [text(5), 3], [text(5), 4], [text(6), 5]);
    expect([one.lost, one.doubled, one.lastSeq]).toEqual([2, 1, 6]);
  });

  test('has a row for each event that brings tokens, and ends with the terminal event', () => {
    const one = record([start, 1], [text(2), 2], [text(3, 4), 3], [{ seq: 4, type: 'message_stop' }, 9]);
    expect([one.at, one.seqs, one.tokens, one.tokenCount]).toEqual([[2, 3], [2, 3], [1, 4], 5]);
    expect([one.endMs, one.running, one.id]).toEqual([9, false, 'gen_x']);
  });

  test('says that something has changed', () => {
    const one = record([start, 1]);
    const { version } = one;
    one.note('you', 'cut it', 5);
    expect(one.version).toBeGreaterThan(version);
    expect(one.incidents).toEqual([{ atMs: 5, who: 'you', text: 'cut it' }]);
  });
});

describe('the figures', () => {
  test('are unknown before the first token', () => {
    expect(metricsOf(record([start, 1_100]), 1_200)).toMatchObject({ ttftMs: undefined, tokensPerSecond: undefined });
  });

  test('first token from asking, rate after the first, latency from when a token was due', () => {
    const one = record(
      [start, 1_100],
      ...Array.from({ length: 101 }, (_, i) => [text(i + 2), 1_200 + i * 20] as const),
    );
    // The slowest five of a hundred and one are 50 ms late, the others 10.
    for (let i = 0; i <= 100; i += 1) one.dueMs[i + 2] = 1_200 + i * 20 - (i < 5 ? 50 : 10);
    const figures = metricsOf(one, 3_200);
    expect(figures.ttftMs).toBe(200);
    expect(figures.tokensPerSecond).toBeCloseTo(50);
    expect(figures.latencyNowMs).toBe(10);
    expect(figures.latencyP95Ms).toBe(10);
    for (let i = 0; i < 6; i += 1) one.dueMs[i + 2] = 1_200 + i * 20 - 50;
    expect(metricsOf(one, 3_200).latencyP95Ms).toBe(50);
  });

  test('what was in the log before this reader came is no delivery', () => {
    const one = record([start, 1_100], [text(2), 1_200], [text(3), 1_300]);
    one.dueMs[2] = 200;
    one.dueMs[3] = 1_280;
    expect(metricsOf(one, 1_300)).toMatchObject({ latencyNowMs: 20, latencyP95Ms: 20 });
  });
});

describe('the host’s clock in the page’s time', () => {
  test('the quickest answer decides, and half of its round trip is the error', () => {
    const offset = new ClockOffset();
    offset.begin();
    offset.take(100, 5_130, 140);
    offset.take(200, 5_202, 204);
    offset.take(300, 5_390, 380);
    expect(offset.errorMs).toBe(2);
    expect(offset.toPage(6_000)).toBe(1_000);
  });

  test('nothing is known before the first answer', () => {
    expect(new ClockOffset().errorMs).toBe(Number.POSITIVE_INFINITY);
  });
});
