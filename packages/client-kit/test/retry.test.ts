import { describe, expect, test } from 'vitest';
import { TokenwireError } from '@tokenwire/protocol';
import { backoffMs, parseRetryAfter } from '../src/retry.js';
import { ID, SHORT } from './support/answer.js';
import { drain, elapsed } from './support/read.js';
import { type Step, script } from './support/script.js';

const reset = (): TypeError => new TypeError('terminated');
const gaps = (at: readonly { at: number }[]): number[] => at.slice(1).map((one, i) => one.at - (at[i]?.at ?? 0));

describe('a lost connection', () => {
  test('is resumed after the last event handed over, and the start is never sent again', async () => {
    const { stream, attempts, clock, statuses } = script([
      [SHORT.slice(0, 2), reset()],
      [[SHORT[2]]],
      [SHORT.slice(2)],
    ]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect(await done).toEqual({ events: SHORT, error: undefined });
    expect(attempts.map(({ cursor }) => cursor)).toEqual([undefined, `${ID}.2`, `${ID}.3`]);
    expect(statuses).toEqual([
      'connecting',
      'streaming',
      'reconnecting',
      'streaming',
      'reconnecting',
      'streaming',
      'completed',
    ]);
    expect(stream.reconnects).toBe(2);
    expect(clock.pending).toBe(0);
  });

  test('before the id is known is started again with the same key', async () => {
    const { stream, attempts, clock } = script([[reset()], [reset()], [SHORT]]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(attempts.map(({ cursor }) => cursor)).toEqual([undefined, undefined, undefined]);
    expect(new Set(attempts.map(({ attempt }) => attempt.idempotencyKey)).size).toBe(1);
    expect(attempts[0]?.attempt.idempotencyKey).toMatch(/^[\w-]{16,}$/);
  });

  test('once the id is known, without an event yet, is resumed from the start of the log', async () => {
    const { stream, attempts, clock } = script([[], [SHORT]]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(attempts.map(({ cursor }) => cursor)).toEqual([undefined, `${ID}.0`]);
  });

  test('whose server hides the id is resumed with the id of the first event', async () => {
    const { stream, attempts, clock } = script([[[SHORT[0]], reset()], [SHORT.slice(1)]], {}, { announce: false });
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(attempts[1]?.cursor).toBe(`${ID}.1`);
  });

  test('that ends cleanly without a terminal event is lost all the same', async () => {
    const { stream, clock } = script([[SHORT.slice(0, 4)], []], { retry: { maxAttempts: 2 } });
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).error).toMatchObject({ code: 'connection_lost', partialText: 'one two three' });
  });
});

describe('waiting', () => {
  test('doubles from 250 ms to 10 s while nothing new comes, in 50 connections that die before the first event', async () => {
    const { stream, attempts, clock } = script([[]], { retry: { maxAttempts: 50 } });
    const done = drain(stream);
    await clock.runUntil(done);
    expect(gaps(attempts)).toEqual([250, 500, 1000, 2000, 4000, 8000, ...Array.from({ length: 43 }, () => 10_000)]);
    expect((await done).error).toMatchObject({ code: 'connection_lost' });
  });

  test('ends after ten attempts without a new event, with the cause and the text so far', async () => {
    const { stream, attempts, clock } = script([[SHORT.slice(0, 3), reset()], [reset()]]);
    const done = drain(stream);
    await clock.runUntil(done);
    const { events, error } = await done;
    expect(events).toEqual(SHORT.slice(0, 3));
    expect(error).toMatchObject({ code: 'connection_lost', partialText: 'one two ', cursor: `${ID}.3` });
    expect((error as Error).cause).toBeInstanceOf(TypeError);
    expect(attempts).toHaveLength(11);
    expect(stream).toMatchObject({ status: 'failed', partial: true, reconnects: 10 });
    expect(clock.pending).toBe(0);
  });

  test('begins anew only after an event that is new', async () => {
    const repeat: Step[] = [SHORT.slice(0, 1), reset()];
    const { stream, attempts, clock } = script([
      repeat,
      repeat,
      repeat,
      [SHORT.slice(1, 2), reset()],
      [SHORT.slice(2)],
    ]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(gaps(attempts)).toEqual([250, 250, 500, 250]);
  });

  test('is spread over the whole interval', () => {
    expect(backoffMs(3, undefined, () => 0)).toBe(0);
    expect(backoffMs(3, undefined, () => 0.5)).toBe(1000);
    expect(backoffMs(60, undefined, () => 1)).toBe(10_000);
    expect(backoffMs(0, { baseMs: 8, capMs: 4 }, () => 1)).toBe(4);
  });

  test('is at least what the server asks for, within a minute', async () => {
    const busy = (retryAfterMs: number): TokenwireError => new TokenwireError('overloaded', 'busy', { retryAfterMs });
    const { stream, attempts, clock } = script([[busy(5_000)], [busy(60_000)], [SHORT]]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect(gaps(attempts)).toEqual([5_250, 60_000]);
  });

  test('follows the last `retry` of the connection that was lost', async () => {
    const clockless = script([[[SHORT[0]], 'hang'], [SHORT.slice(1)]], { idleTimeoutMs: 100 });
    const done = drain(clockless.stream);
    await clockless.clock.advance(0);
    clockless.attempts[0]?.attempt.retryAfter(1e21);
    expect(await elapsed(clockless.clock, done)).toBe(60_100);
  });
});

test.each([
  ['0', 0],
  ['3', 3_000],
  [' 3 ', 3_000],
  ['1000000000', 60_000],
  ['9'.repeat(400), 60_000],
  ['-5', undefined],
  ['1e9', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['soon', undefined],
  ['Wed, nonsense', undefined],
  [null, undefined],
  ['Wed, 21 Oct 2015 07:28:10 GMT', 10_000],
  ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
  ['Wed, 21 Oct 2035 07:28:00 GMT', 60_000],
])('Retry-After: %s is %s ms', (value, expected) => {
  expect(parseRetryAfter(value, 'Wed, 21 Oct 2015 07:28:00 GMT')).toBe(expected);
});

test.each([null, '', 'nonsense'])(
  'a Retry-After date is compared with no clock of this side: with Date %s, ignored',
  (date) => {
    expect(parseRetryAfter(new Date(Date.now() + 30_000).toUTCString(), date)).toBeUndefined();
  },
);

test('a refusal of the model is thrown at once: the server has tried again already', async () => {
  const refusal = new TokenwireError('upstream_rate_limited', 'Too many requests.', { retryAfterMs: 30_000 });
  const { stream, attempts, clock } = script([[refusal], [SHORT]]);
  const done = drain(stream);
  await clock.runUntil(done);
  expect((await done).error).toMatchObject({ code: 'upstream_rate_limited', retryable: true });
  expect(attempts).toHaveLength(1);
});

test('what will not go away is thrown at once', async () => {
  const gone = new TokenwireError('cursor_expired', 'trimmed', { oldest: `${ID}.7` });
  const { stream, attempts } = script([[SHORT.slice(0, 2), gone]]);
  const { events, error } = await drain(stream);
  expect(events).toHaveLength(2);
  expect(error).toMatchObject({ code: 'cursor_expired', details: { oldest: `${ID}.7` }, partialText: 'one ' });
  expect(attempts).toHaveLength(1);
});

describe('the watchdog', () => {
  test('takes 37.5 s without a byte for a dead connection', async () => {
    const scripted = script([[[SHORT[0]], 'hang'], [SHORT.slice(1)]]);
    const done = drain(scripted.stream);
    expect(await elapsed(scripted.clock, done)).toBe(37_500 + 250);
    expect((await done).events).toEqual(SHORT);
    expect([scripted.live, scripted.clock.pending]).toEqual([0, 0]);
  });

  test('also before the first byte', async () => {
    const { stream, clock } = script([['hang'], [SHORT]], { idleTimeoutMs: 1_000 }, { announce: false });
    expect(await elapsed(clock, drain(stream))).toBe(1_250);
  });

  test('is satisfied by any byte, so a model may think as long as it likes', async () => {
    const heartbeats = Array.from({ length: 40 }, () => ({ bytesAfterMs: 15_000 }));
    const { stream, attempts, clock } = script([[...heartbeats, SHORT]]);
    const done = drain(stream);
    expect(await elapsed(clock, done)).toBe(600_000);
    expect([(await done).events.length, attempts.length, clock.pending]).toEqual([5, 1, 0]);
  });

  test('does not take a slow application for a silent server', async () => {
    const { stream, attempts, clock } = script([[[SHORT[0]], { bytesAfterMs: 30_000 }, SHORT.slice(1)]]);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await clock.advance(500_000);
    const second = iterator.next();
    await clock.runUntil(second);
    expect((await second).value).toEqual(SHORT[1]);
    expect(attempts).toHaveLength(1);
    await iterator.return?.();
    expect(clock.pending).toBe(0);
  });

  test('reacts even if a transport does not', async () => {
    const { stream, clock } = script([[{ bytesAfterMs: 1e9 }], [SHORT]], { idleTimeoutMs: 1_000 });
    const done = drain(stream);
    expect(await elapsed(clock, done)).toBe(1_250);
  });
});
