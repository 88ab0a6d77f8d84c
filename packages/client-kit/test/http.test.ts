import { describe, expect, test } from 'vitest';
import { type OpenStream, acceptResponse, openStream, parseJson, randomToken, readText } from '../src/index.js';
import { ID, SHORT } from './support/answer.js';
import { drain } from './support/read.js';
import { json, scripted } from './support/server.js';
import { VirtualClock } from '@tokenwire/protocol/testing';

const TYPE = 'application/json';
const answer = (body: string | null, init: ResponseInit & { type?: string }): Response =>
  new Response(body, { ...init, headers: { 'content-type': init.type ?? TYPE, ...(init.headers as object) } });
const refused = async (response: Response): Promise<unknown> =>
  acceptResponse(response, TYPE).catch((error: unknown) => error);

describe('an HTTP answer', () => {
  test.each(['application/json', 'Application/JSON; charset=utf-8'])(
    'of the right type (%s) is taken',
    async (type) => {
      expect(await acceptResponse(answer('{}', { type }), TYPE)).toBe(true);
      expect(await acceptResponse(answer('{}', { type, status: 201 }), TYPE)).toBe(true);
    },
  );

  test('204 has nothing to read', async () => {
    expect(await acceptResponse(new Response(null, { status: 204 }), TYPE)).toBe(false);
  });

  test.each([
    ['HTML', answer('<p>', { type: 'text/html' })],
    ['no type', new Response(new Uint8Array(1))],
    ['a longer type', answer('', { type: 'application/jsonish' })],
    ['206', answer('{}', { status: 206 })],
    ['304', new Response(null, { status: 304 })],
    ['a redirect', new Response(null, { status: 307, headers: { location: 'http://elsewhere.test/' } })],
    ['a redirect as browsers show it', Object.defineProperty(answer('', {}), 'type', { value: 'opaqueredirect' })],
  ])('%s is bad_response, and is not tried again', async (_, response) => {
    expect(await refused(response)).toMatchObject({ code: 'bad_response', retryable: false });
  });

  test.each([
    [400, 'unknown_model', false],
    [404, 'not_found', false],
    [429, 'rate_limited', true],
    [503, 'draining', true],
  ])('%s with an error body is that error', async (status, code, retryable) => {
    const body = { error: { code, message: 'why', retryable, requestId: 'r1' } };
    const error = await refused(answer(JSON.stringify(body), { status, headers: { 'retry-after': '7' } }));
    expect(error).toMatchObject({ code, message: 'why', retryable, details: { requestId: 'r1', retryAfterMs: 7_000 } });
  });

  test('410 says what can still be read', async () => {
    const body = { error: { code: 'cursor_expired', message: 'trimmed', retryable: false, oldest: `${ID}.9` } };
    expect(await refused(answer(JSON.stringify(body), { status: 410 }))).toMatchObject({
      code: 'cursor_expired',
      retryable: false,
      details: { oldest: `${ID}.9` },
    });
  });

  test.each([
    [502, 'connection_lost', true],
    [503, 'overloaded', true],
    [599, 'internal', true],
    [429, 'rate_limited', true],
    [408, 'request_timeout', true],
    [401, 'unauthenticated', false],
    [418, 'bad_response', false],
  ])('%s without an error body is named by its status', async (status, code, retryable) => {
    for (const body of ['<h1>Bad Gateway</h1>', '{"error":', '{"error":"no"}', 'null', '']) {
      expect(await refused(answer(body, { status, type: 'text/html' }))).toMatchObject({ code, retryable });
    }
  });

  test('of an error that does not end is read no further than 64 KiB', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 16_384;
        controller.enqueue(new Uint8Array(16_384).fill(120));
      },
    });
    expect(await refused(new Response(endless, { status: 400 }))).toMatchObject({ code: 'invalid_request' });
    expect(sent).toBeLessThan(200_000);
  });
});

test('a body is read up to its limit, with characters cut anywhere', async () => {
  const bytes = new TextEncoder().encode('👩‍👩‍👧é');
  const body = (): Response =>
    new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      }),
    );
  const seen: number[] = [];
  expect(await readText(body(), bytes.length, (n) => seen.push(n))).toBe('👩‍👩‍👧é');
  expect(seen).toHaveLength(bytes.length);
  await expect(readText(body(), bytes.length - 1)).rejects.toMatchObject({ code: 'bad_response' });
  expect(await readText(new Response(null), 1)).toBe('');
});

test('tokens are random and safe in a URL, also without randomUUID', () => {
  expect(randomToken()).toMatch(/^[\w-]{32,64}$/);
  const randomUUID = crypto.randomUUID.bind(crypto);
  try {
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    expect(randomToken()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomToken()).not.toBe(randomToken());
  } finally {
    Object.defineProperty(crypto, 'randomUUID', { value: randomUUID, configurable: true });
  }
});

const viaFetch: OpenStream = (options) =>
  openStream(options, async function* (attempt) {
    const response = await attempt.fetch('/generations', { headers: { accept: TYPE } });
    await acceptResponse(response, TYPE);
    yield parseJson(await readText(response, 1e6)) as unknown[];
  });

test('redirects are not followed, not even within the origin, and the headers go nowhere else', async () => {
  const other = await scripted((_, res) => json(res, 200, SHORT));
  const server = await scripted((_, res) => void res.writeHead(307, { location: `${other.url}/generations` }).end());
  const { error } = await drain(viaFetch({ url: server.url, request: {}, headers: { authorization: 'secret' } }));
  expect(error).toMatchObject({ code: 'bad_response', retryable: false });
  expect([server.seen.length, other.seen.length]).toEqual([1, 0]);
  expect(server.seen[0]?.headers).toMatchObject({ authorization: 'secret', accept: TYPE });
  await Promise.all([server.close(), other.close()]);
});

test('a refused connection is a lost one', async () => {
  const server = await scripted(() => undefined);
  await server.close();
  const { error } = await drain(viaFetch({ url: server.url, request: {}, retry: { maxAttempts: 3, baseMs: 1 } }));
  expect(error).toMatchObject({ code: 'connection_lost' });
  expect(((error as Error).cause as Error).message).toBe('fetch failed');
});

test('Retry-After of a real answer is waited for', async () => {
  const clock = new VirtualClock({ startMs: 0 });
  const server = await scripted((_, res, n) =>
    n === 1 ? json(res, 503, {}, { 'retry-after': '20' }) : json(res, 200, SHORT),
  );
  const stream = viaFetch({ url: server.url, request: {}, clock, random: () => 0 });
  const done = drain(stream);
  while (stream.status !== 'reconnecting') await clock.advance(0);
  await clock.advance(19_999);
  expect(server.seen).toHaveLength(1);
  await clock.advance(1);
  while (server.seen.length < 2) await clock.advance(0);
  expect((await done).events).toEqual(SHORT);
  await server.close();
});
