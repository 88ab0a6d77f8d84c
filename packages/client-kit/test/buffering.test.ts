import { describe, expect, test } from 'vitest';
import { type BufferingReport, type StreamOptions, Reconnect, watchBuffering } from '../src/index.js';
import { ID, SHORT } from './support/answer.js';
import { drain, elapsed } from './support/read.js';
import { type Script, type Step, answers, jsonResponse, script } from './support/script.js';
import { snapshot } from './support/server.js';

/** A stream whose server, when asked, says how far its log is. */
function watched(
  connections: readonly (readonly Step[])[],
  logged: (now: number) => number,
  { returns, ...options }: Partial<StreamOptions> & { returns?: () => Error | undefined } = {},
  announce?: { announce: boolean },
): Script & { reports: (BufferingReport & { at: number })[]; asked: number[]; bodies: unknown[] } {
  const reports: (BufferingReport & { at: number })[] = [];
  const asked: number[] = [];
  const bodies: unknown[] = [];
  const fetch = async (_: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push(scripted.clock.now());
    if (init.method !== 'POST') return jsonResponse(snapshot(logged(scripted.clock.now()), 'running'));
    bodies.push([init.body, (init.headers as Record<string, string>)['idempotency-key']]);
    return jsonResponse({ id: ID, cursor: `${ID}.0` }, 201);
  };
  const onBuffered = (report: BufferingReport): Error | undefined => {
    reports.push({ ...report, at: scripted.clock.now() });
    return returns?.();
  };
  const monitor = watchBuffering({ onBuffered });
  const scripted: Script = script(connections, { fetch, monitor, ...options }, announce);
  return Object.assign(scripted, { reports, asked, bodies });
}

describe('a connection that is silent while the log goes on', () => {
  test('is reported after 2.5 s, once, and reading goes on', async () => {
    const held: Step[] = [{ bytesAfterMs: 20_000 }, SHORT];
    const { stream, clock, reports, live: _, ...scripted } = watched([held], () => 3);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(reports).toEqual([{ behind: 3, silentMs: 2_500, accepted: true, at: 2_500 }]);
    expect(scripted.attempts).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('in mid-answer, too', async () => {
    const { stream, clock, reports } = watched([[SHORT.slice(0, 2), { bytesAfterMs: 9_000 }, SHORT.slice(2)]], () => 4);
    await clock.runUntil(drain(stream));
    expect(reports).toMatchObject([{ behind: 2, silentMs: 2_500 }]);
  });

  test('which bursts far behind, too, however regularly they come', async () => {
    const bursts = SHORT.flatMap((event): Step[] => [{ bytesAfterMs: 4_000 }, [event]]);
    const { stream, clock, reports } = watched([bursts], (now) => Math.ceil(now / 1_000));
    await clock.runUntil(drain(stream));
    expect(reports).toMatchObject([{ behind: 2, silentMs: 2_500 }]);
  });

  test('is given up with the error that the callback returns', async () => {
    const { stream, clock, attempts } = watched([['hang'], [SHORT]], () => 1, { returns: () => new Reconnect('away') });
    const done = drain(stream);
    expect(await elapsed(clock, done)).toBe(2_500);
    expect((await done).events).toEqual(SHORT);
    expect([attempts.length, stream.reconnects]).toEqual([2, 1]);
  });

  test('although the transport does not react', async () => {
    const deaf: Step[] = [{ bytesAfterMs: 1e9 }];
    const { stream, clock } = watched([deaf, [SHORT]], () => 1, { returns: () => new Reconnect('away') });
    expect(await elapsed(clock, drain(stream))).toBe(2_500);
  });

  test('surfaces what the callback throws', async () => {
    const thrown = (): never => {
      throw new Error('mine');
    };
    const { stream, clock, attempts } = watched([['hang']], () => 1, { returns: thrown });
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).error).toMatchObject({ message: 'mine' });
    expect([attempts.length, stream.status, clock.pending]).toEqual([1, 'detached', 0]);
  });

  test('before its headers: the same start without a stream tells the id', async () => {
    const { stream, clock, reports, bodies, attempts } = watched(
      [['hang'], [SHORT]],
      () => 1,
      { idempotencyKey: 'k', returns: () => new Reconnect('away') },
      { announce: false },
    );
    await clock.runUntil(drain(stream));
    expect(reports).toMatchObject([{ behind: 1, accepted: false }]);
    expect(bodies).toEqual([['{"prompt":"x"}', 'k']]);
    expect(attempts.map(({ cursor }) => cursor)).toEqual([undefined, `${ID}.0`]);
  });
});

describe('nobody is suspected', () => {
  test('while the model thinks, and the server is asked at most every eight seconds', async () => {
    const { stream, clock, reports, asked } = watched([[{ bytesAfterMs: 30_000 }, SHORT]], () => 0);
    await clock.runUntil(drain(stream));
    expect(reports).toEqual([]);
    expect(asked).toEqual([1_500, 4_500, 10_500, 18_500, 26_500]);
  });

  test('who gets bytes while the event is under way', async () => {
    const late: Step[] = [{ bytesAfterMs: 2_400 }, SHORT.slice(0, 1), { bytesAfterMs: 1_000 }, SHORT.slice(1)];
    const { stream, clock, reports } = watched([late], () => 1);
    await clock.runUntil(drain(stream));
    expect(reports).toEqual([]);
  });

  test('on a thin line, on which something always arrives', async () => {
    const trickle = Array.from({ length: 60 }, () => ({ bytesAfterMs: 1_000 }));
    const { stream, clock, reports, asked } = watched([[...trickle, SHORT]], () => 5);
    await clock.runUntil(drain(stream));
    expect([reports, asked]).toEqual([[], []]);
  });

  test('because the application takes its time', async () => {
    const { stream, clock, reports } = watched([[SHORT.slice(0, 1), SHORT.slice(1)]], () => 5);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await clock.advance(60_000);
    expect((await iterator.next()).value).toEqual(SHORT[1]);
    expect(reports).toEqual([]);
    await iterator.return?.();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });

  test.each<[string, Response | Error | 'hang' | (() => Response)]>([
    ['cannot be reached', new TypeError('lost')],
    ['does not answer', 'hang'],
    ['refuses', () => jsonResponse({ error: { code: 'not_found', message: 'x', retryable: false } }, 404)],
    ['answers nonsense', () => jsonResponse({ cursor: 'soon' })],
  ])('when the server that is asked %s', async (_, answer) => {
    const reports: unknown[] = [];
    const monitor = watchBuffering({ onBuffered: (report) => void reports.push(report) });
    const { stream, clock } = script([[{ bytesAfterMs: 20_000 }, SHORT]], { fetch: answers(answer), monitor });
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect([reports, clock.pending]).toEqual([[], 0]);
  });
});

test('leaving ends the watch', async () => {
  const scripted = watched([[SHORT.slice(0, 2), 'hang']], () => 5);
  for await (const { seq } of scripted.stream) if (seq === 2) break;
  await scripted.clock.advance(60_000);
  expect([scripted.live, scripted.clock.pending, scripted.reports, scripted.asked]).toEqual([0, 0, [], []]);
});
