import { describe, expect, test } from 'vitest';
import { TokenwireError } from '@tokenwire/protocol';
import { ANSWER, ID, SHORT, START, STOP, log, text } from './support/answer.js';
import { drain } from './support/read.js';
import { script } from './support/script.js';

describe('what the application gets', () => {
  test('all events in order, each once, the terminal one too, with the cursor at the event in hand', async () => {
    const { stream } = script([[ANSWER.slice(0, 3), ANSWER.slice(3)]]);
    expect(stream.cursor).toBeUndefined();
    const events = [];
    for await (const event of stream) {
      events.push(event);
      expect(stream.cursor).toBe(`${ID}.${event.seq}`);
    }
    expect(events).toEqual(ANSWER);
    expect(stream).toMatchObject({ status: 'completed', partial: false, id: ID, reconnects: 0 });
  });

  test('text of text deltas only', async () => {
    const events = log(
      START,
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      text('a'),
      text('b'),
      STOP,
    );
    const { stream } = script([[events]]);
    expect(await stream.text()).toBe('ab');
    expect(await stream.text(), 'asked twice').toBe('ab');
    expect(stream.textSoFar).toBe('ab');
  });

  test('nothing happens before the first read', async () => {
    const { stream, attempts, clock } = script([[SHORT]]);
    await clock.advance(60_000);
    expect([attempts.length, stream.status, clock.pending]).toEqual([0, 'idle', 0]);
  });

  test('a second reading is refused, clearly', async () => {
    const { stream } = script([[SHORT]]);
    await drain(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow('A stream is read once');
    await expect(stream.text()).rejects.toThrow('A stream is read once');
  });

  test('calls of next that do not wait for each other are answered in turn', async () => {
    const { stream } = script([[SHORT.slice(0, 1), SHORT.slice(1, 3), SHORT.slice(3)]]);
    const iterator = stream[Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 7 }, () => iterator.next()));
    expect(results.map(({ value }) => (value as { seq: number } | undefined)?.seq)).toEqual([
      1,
      2,
      3,
      4,
      5,
      undefined,
      undefined,
    ]);
  });

  test('types and fields that a newer server adds pass through', async () => {
    const events = [
      SHORT[0],
      { seq: 2, type: 'content_block_sparkle', glitter: 1 },
      { seq: 3, type: 'message_stop', extra: 1 },
    ];
    const { stream } = script([[events]]);
    expect(await drain(stream)).toEqual({ events, error: undefined });
  });

  test('nothing after the terminal event', async () => {
    const { stream } = script([[[...SHORT, { seq: 6, type: 'message_stop' }], [{ seq: 7 }]]]);
    expect((await drain(stream)).events).toEqual(SHORT);
  });
});

describe('what the server repeats or leaves out', () => {
  test('repeated events and events that go back are dropped', async () => {
    const [a, b, c, d, e] = SHORT;
    const { stream, attempts } = script([
      [
        [a, b, b, a, c],
        [c, a, d],
        [d, e],
      ],
    ]);
    expect((await drain(stream)).events).toEqual(SHORT);
    expect(attempts).toHaveLength(1);
  });

  test('a gap is asked for once, from the cursor', async () => {
    const { stream, attempts, clock } = script([[[SHORT[0], SHORT[1], SHORT[4]]], [SHORT.slice(2)]]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(attempts.map(({ cursor }) => cursor)).toEqual([undefined, `${ID}.2`]);
  });

  test('a gap that stays is bad_response, and what came before it was handed over', async () => {
    const { stream, attempts, clock } = script([[[SHORT[0], SHORT[1], SHORT[4]]], [[SHORT[3]]]]);
    const done = drain(stream);
    await clock.runUntil(done);
    const { events, error } = await done;
    expect(events).toEqual(SHORT.slice(0, 2));
    expect(error).toMatchObject({ code: 'bad_response', retryable: false, partialText: 'one ', cursor: `${ID}.2` });
    expect([attempts.length, stream.status, stream.partial]).toEqual([2, 'failed', true]);
  });

  test('each place may have its own accident', async () => {
    const connections = [[[SHORT[0], SHORT[2]]], [[SHORT[1], SHORT[3]]], [[SHORT[2], SHORT[4]]], [SHORT.slice(3)]];
    const { stream, clock } = script(connections);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
  });

  test.each([
    ['not an object', 'text'],
    ['null', null],
    ['not JSON', undefined],
    ['no seq', { type: 'message_stop' }],
    ['seq 0', { seq: 0, type: 'message_stop' }],
    ['seq 1.5', { seq: 1.5, type: 'message_stop' }],
    ['seq as text', { seq: '3', type: 'message_stop' }],
    ['no type', { seq: 3 }],
    ['a delta without content', { seq: 3, type: 'content_block_delta', index: 0 }],
    ['a text delta without text', { seq: 3, type: 'content_block_delta', index: 0, delta: { type: 'text_delta' } }],
    ['an error without a code', { seq: 3, type: 'error', error: {} }],
    ['another generation', { seq: 3, type: 'message_start', id: ID.replace('a', 'z'), model: 'x' }],
  ])('%s instead of an event is bad_response at once', async (_, bad) => {
    const { stream, attempts } = script([[[SHORT[0], SHORT[1], bad, SHORT[2]]]]);
    const { events, error } = await drain(stream);
    expect(events).toEqual(SHORT.slice(0, 2));
    expect(error).toBeInstanceOf(TokenwireError);
    expect(error).toMatchObject({ code: 'bad_response', partialText: 'one ' });
    expect(attempts).toHaveLength(1);
  });
});

describe('how an answer ends', () => {
  test('an error event is handed over, and then thrown', async () => {
    const failed = { type: 'error', error: { code: 'upstream_error', message: 'gone', retryable: true } } as const;
    const events = log(START, text('half'), failed);
    const { stream, attempts } = script([[events]]);
    const result = await drain(stream);
    expect(result.events).toEqual(events);
    expect(result.error).toMatchObject({ code: 'upstream_error', message: 'gone', partialText: 'half' });
    expect(stream).toMatchObject({ status: 'failed', partial: true, textSoFar: 'half' });
    expect(attempts).toHaveLength(1);
    const again = script([[events]]);
    await expect(again.stream.text()).rejects.toMatchObject({ code: 'upstream_error', partialText: 'half' });
  });

  test('an error of an unknown code keeps its message', async () => {
    const failed = { type: 'error', error: { code: 'new_kind', message: 'why', retryable: false } } as const;
    const { error } = await drain(script([[log(START, failed)]]).stream);
    expect(error).toMatchObject({ code: 'internal', message: 'why', retryable: false });
  });

  test('cancelled ends normally', async () => {
    const events = log(START, text('kept'), { type: 'cancelled', by: 'client' });
    const { stream } = script([[events]]);
    expect(await drain(stream)).toEqual({ events, error: undefined });
    expect(stream).toMatchObject({ status: 'cancelled', partial: false, textSoFar: 'kept' });
  });

  test('the server gets 250 ms to end the connection after the terminal event', async () => {
    const scripted = script([[SHORT, 'hang']]);
    await drain(scripted.stream);
    expect(scripted.stream.status).toBe('completed');
    await scripted.clock.advance(249);
    expect([scripted.live, scripted.clock.pending]).toEqual([1, 1]);
    await scripted.clock.advance(1);
    expect([scripted.live, scripted.clock.pending]).toEqual([0, 0]);
  });

  test('a server that ends the connection itself leaves no timer', async () => {
    const { stream, clock } = script([[SHORT]]);
    await drain(stream);
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });
});
