import { afterEach, describe, expect, test } from 'vitest';
import type { StreamEvent } from '@tokenwire/protocol';
import { ANSWER, ID, SHORT } from '../../client-kit/test/support/answer.js';
import { QUICK, drain, elapsed } from '../../client-kit/test/support/read.js';
import { answers, jsonResponse } from '../../client-kit/test/support/script.js';
import {
  type Handler,
  type ScriptedServer,
  honest,
  json,
  receipt,
  scripted,
  seqOf,
} from '../../client-kit/test/support/server.js';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { streamLongPoll, streamShortPoll } from '../src/index.js';

const servers: ScriptedServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
const serve = async (handler: Handler): Promise<ScriptedServer> => {
  const server = await scripted(handler);
  servers.push(server);
  return server;
};
const request = { prompt: 'x' };

const page = (events: readonly unknown[], seq: number, done = false, more: object = {}): Response =>
  jsonResponse({ events, cursor: `${ID}.${seq}`, done, ...more });
const created = (): Response => jsonResponse({ id: ID, cursor: `${ID}.0` }, 201);

/** Polls in virtual time; each poll takes no time at all. */
function virtual(open: typeof streamLongPoll, list: Parameters<typeof answers>, options: object = {}) {
  const clock = new VirtualClock({ startMs: 0 });
  const times: number[] = [];
  const fetch = answers(...list);
  const counting: typeof globalThis.fetch = (url, init) => {
    times.push(clock.now());
    return fetch(url, init);
  };
  const stream = open({ url: 'http://host.test', request, clock, random: () => 1, fetch: counting, ...options });
  return { clock, times, stream, fetch };
}

describe('requests', () => {
  test('start with a POST that streams nothing, then ask after the cursor', async () => {
    const server = await serve(honest('polling', ANSWER));
    const stream = streamLongPoll({
      url: server.url,
      request,
      idempotencyKey: 'k',
      headers: { authorization: 'B' },
      ...QUICK,
    });
    expect((await drain(stream)).events).toEqual(ANSWER);
    const [first, ...polls] = server.seen;
    expect(first).toMatchObject({ method: 'POST', url: '/generations', body: '{"prompt":"x"}' });
    expect(first?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'idempotency-key': 'k',
      authorization: 'B',
    });
    expect(polls.map(seqOf)).toEqual([0, 4, 8, 12, 16].slice(0, polls.length));
    for (const poll of polls) {
      expect(poll.method).toBe('GET');
      expect(poll.query.get('wait')).toBe('25');
      expect(poll.query.get('reader')).toMatch(/^[\w-]{1,64}$/);
      expect(poll.headers).toMatchObject({ accept: 'application/json', authorization: 'B' });
    }
    expect(new Set(polls.map(({ query }) => query.get('reader'))).size, 'one reader').toBe(1);
    expect(stream).toMatchObject({ status: 'completed', requests: polls.length + 1, reconnects: 0 });
  });

  test('of two streams have two readers', async () => {
    const server = await serve(honest('polling', SHORT));
    await Promise.all([0, 1].map(() => drain(streamLongPoll({ url: server.url, after: `${ID}.0`, ...QUICK }))));
    expect(new Set(server.seen.map(({ query }) => query.get('reader'))).size).toBe(2);
  });

  test('of short polling do not wait', async () => {
    const server = await serve(honest('polling', SHORT));
    await drain(streamShortPoll({ url: server.url, after: `${ID}.0`, ...QUICK }));
    expect(server.seen.map(({ query }) => query.get('wait'))).toEqual(['0', '0']);
  });

  test('at the end of the answer: one poll, one snapshot', async () => {
    const server = await serve(honest('polling', SHORT));
    const stream = streamLongPoll({ url: server.url, after: `${ID}.5`, ...QUICK });
    expect(await drain(stream)).toEqual({ events: [], error: undefined });
    expect([stream.status, stream.requests]).toEqual(['completed', 2]);
  });

  test('count their bytes', async () => {
    let bytes = 0;
    const list = [created(), page(SHORT, 5, true)] as const;
    const expected = (await Promise.all(list.map((response) => response.clone().text()))).join('').length;
    const { stream } = virtual(streamLongPoll, [...list], { onBytes: (n: number) => (bytes += n) });
    await drain(stream);
    expect(bytes).toBe(expected);
  });
});

describe('the time between two polls', () => {
  const empty = (): Response => page([], 0);

  test('is 100 ms from start to start, even if the answers come at once', async () => {
    const { stream, times, clock } = virtual(streamLongPoll, [created, empty, empty, empty, page(SHORT, 5, true)]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(times).toEqual([0, 0, 100, 200, 300]);
    expect(clock.pending).toBe(0);
  });

  test('follows the advice of the server for short polls, between 100 ms and 10 s', async () => {
    const advice = [250, 5, -1, 1e9, 'soon', null].map((nextPollMs) => page([], 0, false, { nextPollMs }));
    const { stream, times, clock } = virtual(streamShortPoll, [created, ...advice, page(SHORT, 5, true)]);
    await clock.runUntil(drain(stream));
    expect(times.slice(1)).toEqual([0, 250, 350, 450, 10_450, 10_550, 10_650]);
    expect(stream.reconnects, 'a long wait is no silence').toBe(0);
  });

  test('does not shrink when nothing goes forward: not by repeated events, not by a cursor that stands still', async () => {
    const stuck = page(SHORT.slice(0, 2), 0);
    const { stream, times, clock } = virtual(streamShortPoll, [
      created,
      stuck,
      stuck,
      page([], 77),
      page(SHORT, 5, true),
    ]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(times.slice(1)).toEqual([0, 100, 200, 300]);
  });

  test('holds across a reconnect', async () => {
    const { stream, times, clock } = virtual(streamLongPoll, [created, new TypeError('cut'), page(SHORT, 5, true)], {
      random: () => 0,
    });
    await clock.runUntil(drain(stream));
    expect(times.slice(1)).toEqual([0, 100]);
  });

  test('is up to the application too: nobody asks before a page has been taken', async () => {
    const { stream, times, clock } = virtual(streamLongPoll, [
      created,
      page(SHORT.slice(0, 2), 2),
      page(SHORT.slice(2), 5, true),
    ]);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    await clock.advance(60_000);
    expect(times).toHaveLength(2);
    expect((await iterator.next()).value).toEqual(SHORT[2]);
    await iterator.return?.();
  });
});

test('a model that thinks for minutes, in empty answers after 25 s each, is no lost connection', async () => {
  const clock = new VirtualClock({ startMs: 0 });
  let polls = 0;
  const fetch: typeof globalThis.fetch = async (_, init) => {
    if (init?.method === 'POST') return created();
    await new Promise<void>((resolve) => void clock.after(25_000, resolve));
    return (polls += 1) < 8 ? page([], 0) : page(SHORT, 5, true);
  };
  const stream = streamLongPoll({ url: 'http://host.test', request, clock, fetch });
  const done = drain(stream);
  expect(await elapsed(clock, done)).toBe(200_000);
  expect(await done).toEqual({ events: SHORT, error: undefined });
  expect([polls, stream.reconnects]).toEqual([8, 0]);
});

describe('a poll that fails', () => {
  test.each([
    ['is lost', new TypeError('fetch failed')],
    [
      'is answered 502 by a gateway',
      () => new Response('<h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
    ],
    [
      'is answered with half a page',
      () => new Response('{"events":[{"seq":1', { headers: { 'content-type': 'application/json' } }),
    ],
    ['is answered 204', () => new Response(null, { status: 204 })],
  ])('because it %s is asked again, after the same cursor', async (_, failure) => {
    const list = [created, page(SHORT.slice(0, 2), 2), failure, page(SHORT.slice(2), 5, true)];
    const { stream, clock, fetch } = virtual(streamLongPoll, list);
    const done = drain(stream);
    await clock.runUntil(done);
    expect(await done).toEqual({ events: SHORT, error: undefined });
    const cursors = fetch.calls.slice(1).map(({ url }) => new URL(url).searchParams.get('after'));
    expect(cursors).toEqual([`${ID}.0`, `${ID}.2`, `${ID}.2`]);
  });

  test.each([
    ['is not JSON, twice', () => new Response('<nope', { headers: { 'content-type': 'application/json' } })],
    ['has no events', () => jsonResponse({ cursor: `${ID}.0`, done: true })],
    ['has something else for events', () => jsonResponse({ events: { 0: SHORT[0] }, done: true })],
    ['is HTML', () => new Response('<p>', { headers: { 'content-type': 'text/html' } })],
    ['has no event in events', () => page(['x'], 1)],
  ])('because the page %s is bad_response', async (_, bad) => {
    const { stream, clock } = virtual(streamLongPoll, [created, bad]);
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).error).toMatchObject({ code: 'bad_response' });
  });

  test('because a page does not end is bad_response', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (to) => to.enqueue(new Uint8Array(1 << 20).fill(32)),
    });
    const response = new Response(endless as BodyInit, { headers: { 'content-type': 'application/json' } });
    const { stream } = virtual(streamLongPoll, [created, () => response]);
    expect((await drain(stream)).error).toMatchObject({ code: 'bad_response' });
  });

  test('before the id is known is sent again with the same key', async () => {
    const { stream, clock, fetch } = virtual(streamLongPoll, [new TypeError('cut'), created, page(SHORT, 5, true)]);
    await clock.runUntil(drain(stream));
    const keys = fetch.calls.slice(0, 2).map(({ init }) => (init.headers as Record<string, string>)['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
    expect(stream.status).toBe('completed');
  });

  test('with 410 says so', async () => {
    const body = { error: { code: 'cursor_expired', message: 'trimmed', retryable: false, oldest: `${ID}.9` } };
    const { stream } = virtual(streamLongPoll, [() => jsonResponse(body, 410)], {
      request: undefined,
      after: `${ID}.1`,
    });
    expect((await drain(stream)).error).toMatchObject({ code: 'cursor_expired', details: { oldest: `${ID}.9` } });
  });

  test('silently is noticed five seconds after the wait it asked for', async () => {
    const { stream, clock } = virtual(streamLongPoll, [created, 'hang', page(SHORT, 5, true)], { random: () => 0 });
    expect(await elapsed(clock, drain(stream))).toBe(30_000);
    expect(stream.status).toBe('completed');
    const short = virtual(streamLongPoll, [created, 'hang', page(SHORT, 5, true)], {
      random: () => 0,
      waitSeconds: 2,
      idleTimeoutMs: 700,
    });
    expect(await elapsed(short.clock, drain(short.stream))).toBe(2_700);
  });

  test('with a start that tells no id is bad_response', async () => {
    const { stream } = virtual(streamLongPoll, [() => jsonResponse({ ok: true }, 201)]);
    expect((await drain(stream)).error).toMatchObject({ code: 'bad_response' });
  });
});

describe('leaving', () => {
  test.each(['abort', 'detach'])('by %s closes the poll that the server holds', async (how) => {
    const server = await serve((seen, res, n) => {
      if (n < 3) json(res, 200, n === 1 ? { id: ID } : { events: SHORT.slice(0, 2), cursor: `${ID}.2`, done: false });
    });
    const controller = new AbortController();
    const stream = streamLongPoll({ url: server.url, request, signal: controller.signal, ...QUICK });
    const done = drain(stream);
    const held = await server.arrived(3);
    if (how === 'abort') controller.abort();
    else stream.detach();
    expect((await done).error).toMatchObject({ code: 'aborted', partialText: 'one ' });
    await held.over;
    expect(server.seen).toHaveLength(3);
  });

  test('the loop between two polls asks no more and leaves no timer', async () => {
    const { stream, clock, times } = virtual(streamLongPoll, [created, page(SHORT.slice(0, 2), 2)]);
    for await (const { seq } of stream) if (seq === 2) break;
    await clock.advance(60_000);
    expect([times.length, clock.pending]).toEqual([2, 0]);
  });

  test('is not stopping, and stopping is one more request', async () => {
    const cancelled = { seq: 3, type: 'cancelled', by: 'client' } as const;
    const server = await serve((seen, res, n) => {
      if (seen.path.endsWith('/stop')) json(res, 200, receipt(3));
      else if (n === 1) json(res, 201, { id: ID });
      else if (n === 2) json(res, 200, { events: SHORT.slice(0, 2), cursor: `${ID}.2`, done: false });
      else json(res, 200, { events: [cancelled], cursor: `${ID}.3`, done: true });
    });
    const stream = streamShortPoll({ url: server.url, request, ...QUICK });
    const events: StreamEvent[] = [];
    for await (const event of stream) {
      events.push(event);
      if (event.seq === 2) expect(await stream.stop()).toEqual(receipt(3));
    }
    expect(events).toEqual([...SHORT.slice(0, 2), cancelled]);
    expect(stream.status).toBe('cancelled');
  });
});
