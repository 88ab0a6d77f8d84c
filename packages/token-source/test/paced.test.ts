import { systemClock } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { describe, expect, test } from 'vitest';
import { timetable } from '../src/cadence.js';
import { MAX_BATCH_CHARS, MAX_BATCH_PIECES, paced } from '../src/paced.js';
import type { Piece } from '../src/source.js';

const END: Piece = { type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1 }, tokens: 0 };
const even = (tokensPerSecond: number, burst = 1) => timetable({ ttftMs: 100, tokensPerSecond, jitter: 0, burst }, 1);

function* words(count: number, log: { taken: number; returned: boolean } = { taken: 0, returned: false }) {
  try {
    for (let i = 0; i < count; i += 1) {
      log.taken += 1;
      yield { type: 'text', text: ` w${i}` } satisfies Piece as Piece;
    }
    yield { ...END };
  } finally {
    log.returned = true;
  }
}

/** Reads everything, noting when each batch came. */
function read(batches: AsyncIterable<readonly Piece[]>, clock: VirtualClock) {
  const seen: { at: number; batch: readonly Piece[] }[] = [];
  const done = (async () => {
    for await (const batch of batches) seen.push({ at: clock.now(), batch });
  })();
  return { seen, done };
}

describe('paced', () => {
  test('accepts at once, then hands out each piece when it is due, with its due time', async () => {
    const clock = new VirtualClock({ startMs: 5_000 });
    const { seen, done } = read(paced(words(3), even(50), { clock, signal: new AbortController().signal }), clock);
    await clock.runUntil(done);
    expect(seen.map(({ at, batch }) => [at, batch.length])).toEqual([
      [5_000, 0],
      [5_100, 1],
      [5_120, 1],
      [5_140, 2],
    ]);
    expect(seen.flatMap(({ batch }) => batch.map(({ dueMs }) => dueMs))).toEqual([5_100, 5_120, 5_140, 5_140]);
    expect(clock.pending).toBe(0);
  });

  test('what is due together comes in one batch with one timer', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    let timers = 0;
    const counting = {
      now: () => clock.now(),
      after: (ms: number, action: () => void) => ((timers += 1), clock.after(ms, action)),
    };
    const { seen, done } = read(
      paced(words(16), even(50, 8), { clock: counting, signal: new AbortController().signal }),
      clock,
    );
    await clock.runUntil(done);
    expect(seen.map(({ batch }) => batch.length)).toEqual([0, 8, 9]);
    expect(timers).toBe(2);
  });

  test('a reader that was away gets all that became due, and the timetable stays where it was', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const log = { taken: 0, returned: false };
    const stream = paced(words(20, log), even(100), { clock, signal: new AbortController().signal });
    await stream.next();
    await clock.advance(155);
    expect(log.taken).toBe(0);
    const batch = await clock.runUntil(stream.next());
    expect(batch.value.map((piece: Piece) => piece.dueMs)).toEqual([100, 110, 120, 130, 140, 150]);
    expect(log.taken).toBe(7);
    const next = await clock.runUntil(stream.next());
    expect([clock.now(), next.value.length]).toEqual([160, 1]);
    await stream.return?.();
    expect(log.returned).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('a timer that fires early does not bring a token early', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const hasty = {
      now: () => clock.now(),
      after: (ms: number, action: () => void) => clock.after(ms > 1 ? ms - 0.7 : ms, action),
    };
    const { seen, done } = read(
      paced(words(5), even(50), { clock: hasty, signal: new AbortController().signal }),
      clock,
    );
    await clock.runUntil(done);
    for (const { at, batch } of seen) for (const piece of batch) expect(at).toBeGreaterThanOrEqual(piece.dueMs ?? 0);
  });

  test('an abort ends a waiting reader at once, without a timer left', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const log = { taken: 0, returned: false };
    const { seen, done } = read(paced(words(1000, log), even(50), { clock, signal: stop.signal }), clock);
    await clock.advance(130);
    expect(clock.pending).toBe(1);
    stop.abort();
    expect(clock.pending).toBe(0);
    expect(log.returned).toBe(true);
    await done;
    expect(seen.flatMap(({ batch }) => batch)).toHaveLength(2);
  });

  test('aborted before it began: nothing at all', async () => {
    const clock = new VirtualClock();
    const { seen, done } = read(paced(words(9), even(50), { clock, signal: AbortSignal.abort() }), clock);
    await done;
    expect([seen.length, clock.pending]).toEqual([0, 0]);
  });

  test('unpaced pieces come in bounded batches', async () => {
    const clock = new VirtualClock();
    function* large(): Generator<Piece> {
      for (let i = 0; i < 10; i += 1) yield { type: 'text', text: 'x'.repeat(MAX_BATCH_CHARS / 2) };
    }
    const context = { clock, signal: new AbortController().signal };
    const small = read(paced(words(2000), timetable('instant', 1), context), clock);
    await clock.runUntil(small.done);
    expect(Math.max(...small.seen.map(({ batch }) => batch.length))).toBe(MAX_BATCH_PIECES);
    const big = read(paced(large(), timetable('instant', 1), context), clock);
    await clock.runUntil(big.done);
    expect(big.seen.map(({ batch }) => batch.length)).toEqual([0, 2, 2, 2, 2, 2]);
  });

  test('unpaced pieces let other work on the event loop run between batches', async () => {
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    turn();
    const context = { clock: systemClock, signal: new AbortController().signal };
    let count = 0;
    for await (const batch of paced(words(10_000), timetable('instant', 1), context)) count += batch.length;
    running = false;
    expect(count).toBe(10_001);
    expect(turns).toBeGreaterThanOrEqual(10_000 / MAX_BATCH_PIECES);
  });

  test('what the pieces throw comes after everything before it', async () => {
    const clock = new VirtualClock();
    function* failing(): Generator<Piece> {
      yield { type: 'text', text: 'one' };
      yield { type: 'text', text: 'two' };
      throw new Error('broken');
    }
    const { seen, done } = read(paced(failing(), even(50), { clock, signal: new AbortController().signal }), clock);
    await expect(clock.runUntil(done)).rejects.toThrow('broken');
    expect(seen.flatMap(({ batch }) => batch)).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  test('structural pieces are due with the token before them, or with the first', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const pieces: Piece[] = [
      { type: 'tool_use', id: 'a', name: 'b' },
      { type: 'tool_input', partialJson: '{' },
      { type: 'tool_use', id: 'c', name: 'd' },
      { type: 'tool_input', partialJson: '{' },
      END,
    ];
    const { seen, done } = read(paced(pieces, even(100), { clock, signal: new AbortController().signal }), clock);
    await clock.runUntil(done);
    expect(seen.flatMap(({ batch }) => batch.map(({ dueMs }) => dueMs))).toEqual([100, 100, 100, 110, 110]);
  });

  test('a second next() before the first has settled is refused, not lost', async () => {
    const clock = new VirtualClock();
    const stream = paced(words(3), even(50), { clock, signal: new AbortController().signal });
    await stream.next();
    const first = stream.next();
    await expect(stream.next()).rejects.toMatchObject({ code: 'internal' });
    expect((await clock.runUntil(first)).value).toHaveLength(1);
    await stream.return?.();
  });
});
