import type { StreamEvent } from '@tokenwire/protocol';
import { describe, expect, it } from 'vitest';

import { figuresOf, type TimingRow } from '../src/compare/figures.js';
import { contentOf, type StreamRecord } from '../src/compare/measure-stream.js';

const COUNT = 12;
const START = 1_000;
/** Due every 20 ms from 300 ms after the start; appended 1 ms and received 3 ms later. */
const due = (token: number) => START + 300 + (token - 1) * 20;

/** Token i is event i + 2: a start of the message and of the block come first. */
const timing: TimingRow[] = [
  [1, null, START],
  [2, due(1), due(1) + 1],
  ...Array.from({ length: COUNT }, (_, index): TimingRow => [index + 3, due(index + 1), due(index + 1) + 1]),
];

function record(lateMs: (token: number) => number = () => 3): StreamRecord {
  const arrivals = Array.from({ length: COUNT }, (_, index) => {
    return { seq: index + 3, tokens: 1, atMs: due(index + 1) + lateMs(index + 1), empty: false };
  });
  const endMs = (arrivals.at(-1)?.atMs ?? 0) + 2;
  const rest = { id: 'gen_1', text: 'x', seqs: [], terminals: [], requests: 1, reconnects: 0, payloadBytes: 0 };
  return { startMs: START, endMs, arrivals, ...rest };
}

describe('figures of a stream with known times', () => {
  it('are the known answers', () => {
    const figures = figuresOf(record(), timing);
    expect(figures.tokens).toBe(COUNT);
    expect(figures.ttftMs).toBe(303);
    expect(figures.addedTtftMs).toBe(3);
    expect(figures.itlMs).toEqual(Array.from({ length: COUNT - 1 }, () => 20));
    expect(figures.tpotMs).toBe(20);
    expect(figures.ttltMs).toBe(303 + 11 * 20);
    expect(figures.doneMs).toBe(303 + 11 * 20 + 2);
    expect(figures.deliveryMs).toEqual(Array.from({ length: COUNT }, () => 3));
    expect(figures.slipMs).toEqual(Array.from({ length: COUNT }, () => 1));
    expect(figures.transportMs).toEqual(Array.from({ length: COUNT }, () => 2));
  });

  it('10 ms more on token 7 show as exactly that', () => {
    const figures = figuresOf(
      record((token) => (token === 7 ? 13 : 3)),
      timing,
    );
    expect(figures.deliveryMs).toEqual([3, 3, 3, 3, 3, 3, 13, 3, 3, 3, 3, 3]);
    expect(figures.transportMs[6]).toBe(12);
    expect(figures.itlMs).toEqual([20, 20, 20, 20, 20, 30, 10, 20, 20, 20, 20]);
    expect([figures.ttftMs, figures.tpotMs, figures.ttltMs]).toEqual([303, 20, 523]);
  });

  it('an injected delay of 40 ms raises every D by 40 ms and no latency between tokens', () => {
    const [plain, delayed] = [
      figuresOf(record(), timing),
      figuresOf(
        record(() => 43),
        timing,
      ),
    ];
    expect(delayed.deliveryMs.map((value, index) => value - (plain.deliveryMs[index] ?? 0))).toEqual(
      Array.from({ length: COUNT }, () => 40),
    );
    expect(delayed.itlMs).toEqual(plain.itlMs);
    expect(delayed.ttftMs - plain.ttftMs).toBe(40);
  });

  it('tokens of one delta arrive together', () => {
    const together = { ...record(), arrivals: [{ seq: 3, tokens: 3, atMs: 1_400, empty: false }] };
    const figures = figuresOf(together, timing);
    expect(figures.tokens).toBe(3);
    expect(figures.itlMs).toEqual([0, 0]);
    expect(figures.tpotMs).toBe(0);
  });

  it('an empty delta is no first token', () => {
    const received = record();
    const arrivals = received.arrivals.map((arrival, index) => ({ ...arrival, empty: index < 2 }));
    const figures = figuresOf({ ...received, arrivals }, timing);
    expect(figures.ttftMs).toBe(343);
    expect(figures.addedTtftMs).toBe(3);
  });

  it('without a timetable there is no D, and it is not taken for 0', () => {
    const unpaced = timing.map(([seq, , appended]): TimingRow => [seq, null, appended]);
    const figures = figuresOf(record(), unpaced);
    expect(figures.deliveryMs).toEqual([]);
    expect(figures.addedTtftMs).toBeNull();
    expect(figures.traceUs).toBeNull();
    expect(figures.transportMs[0]).toBe(2);
  });

  it('the trace is relative, in whole microseconds', () => {
    expect(figuresOf(record(), timing).traceUs?.slice(0, 3)).toEqual([0, 20_000, 40_000]);
  });
});

describe('content of a stream', () => {
  const events: StreamEvent[] = [
    { seq: 1, type: 'message_start', id: 'gen_1', model: 'sim' },
    { seq: 2, type: 'content_block_start', index: 0, block: { type: 'text' } },
    { seq: 3, type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
    { seq: 4, type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' }, tokens: 2 },
    { seq: 5, type: 'content_block_stop', index: 0 },
    { seq: 6, type: 'message_stop' },
  ];

  it('only deltas are tokens, at the time of their own event', () => {
    const { arrivals, text, seqs, terminals } = contentOf(events, [1, 2, 3, 4, 5, 6]);
    expect(text).toBe('Hello');
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6]);
    expect(terminals).toEqual(['message_stop']);
    expect(arrivals).toEqual([
      { seq: 3, tokens: 1, atMs: 3, empty: false },
      { seq: 4, tokens: 2, atMs: 4, empty: false },
    ]);
  });
});
