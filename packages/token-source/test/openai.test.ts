import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { systemClock } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { UpstreamLimits } from '../src/openai/limits.js';
import type { SourceRequest } from '../src/source.js';
import { createSources, type Sources } from '../src/sources.js';
import { startOpenAiUpstream, type OpenAiUpstream, type UpstreamScript } from '../src/testing/index.js';
import { collect, request, tokensOf, type Collected } from './helpers.js';

const KEY = 'sk-canary-key';
const PROMPT = 'canary prompt';

const ENDLESS = `data: ${'x'.repeat(1_100_000)}`;

let upstream: OpenAiUpstream;
let open: Sources[];
beforeEach(async () => {
  open = [];
  upstream = await startOpenAiUpstream();
});
afterEach(async () => {
  for (const sources of open) sources.close();
  await upstream.close();
});

function sourceOf(limits: Partial<UpstreamLimits> = {}, model = 'openai/gpt-4o', baseUrl = upstream.url) {
  const quick = { retryDelayMs: 1, ...limits };
  const sources = createSources({
    openai: { apiKey: KEY, baseUrl, limits: quick },
    compatible: { baseUrl, limits: quick },
  });
  open.push(sources);
  return sources.resolve(model);
}

const asked = (fields: Partial<SourceRequest> = {}) =>
  request({ model: 'openai/gpt-4o', messages: [{ role: 'user', content: PROMPT }], ...fields });

/** One answer to `script`. Whatever goes wrong must not name what nobody may see. */
async function answer(
  script: UpstreamScript,
  limits: Partial<UpstreamLimits> = {},
  fields: Partial<SourceRequest> = {},
): Promise<Collected> {
  upstream.use(script);
  return checked(await collect(sourceOf(limits), asked(fields)));
}

function checked(result: Collected): Collected {
  const { error } = result;
  if (error === undefined) return result;
  expect(error).toMatchObject({ name: 'TokenwireError' });
  const { message, cause } = error as Error;
  const shown = `${message} ${JSON.stringify(cause ?? null)}`;
  for (const secret of [
    KEY,
    PROMPT,
    '127.0.0.1',
    new URL(upstream.url).port,
    'secret',
    'from upstream',
    'Upstream broke',
  ]) {
    expect(shown).not.toContain(secret);
  }
  return result;
}

describe('an answer', () => {
  test('is mapped to pieces, with the usage of the provider', async () => {
    const { batches, pieces, error } = await answer({ tokens: ['Hel', 'lo', ' \u{1f600}'] });
    expect(error).toBeUndefined();
    expect(batches[0]).toEqual([]);
    expect(tokensOf(pieces)).toEqual(['Hel', 'lo', ' \u{1f600}']);
    expect(pieces.at(-1)).toEqual({
      type: 'end',
      stopReason: 'end_turn',
      usage: { inputTokens: 11, outputTokens: 3 },
      tokens: 0,
    });
  });

  test('with 10 000 tokens arrives whole, in few batches', async () => {
    const { batches, pieces } = await answer({ tokens: 10_000 });
    expect(pieces).toHaveLength(10_001);
    expect(batches.length).toBeLessThan(5_000);
  });

  test('survives segments of one byte', async () => {
    const tokens = ['é', '\u{1f600}', '\ud83d', '\ude00', '\u2028\ufeff\u0000\r\n', ''];
    const { pieces } = await answer({ tokens, sliceBytes: 1 });
    expect(tokensOf(pieces)).toEqual(tokens.slice(0, -1));
  });

  test('with reasoning, tool calls and log probabilities', async () => {
    const { pieces } = await answer({
      reasoning: ['think'],
      tokens: ['text'],
      logprobs: true,
      toolCalls: [
        { index: 0, id: 'call_a', function: { name: 'f', arguments: '' } },
        { index: 0, function: { arguments: '{}' } },
      ],
      finishReason: 'tool_calls',
    });
    expect(pieces.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_input', 'end']);
    expect(pieces[1]).toMatchObject({
      tokens: 1,
      logprobs: [{ token: 'text', logprob: -0.1, top: [{ token: 'text' }, { token: ' other' }] }],
    });
    expect(pieces.at(-1)).toMatchObject({ stopReason: 'tool_use' });
  });

  test('is not disturbed by comments, unknown events and data after the end marker', async () => {
    const noise = ': hi\n\nevent: ping\ndata: {}\n\ndata: {"choices":[],"new_field":1}\n\n';
    const { text, error } = await answer({
      tokens: ['a'],
      raw: noise,
      afterDone: 'data: not JSON\n\ndata: {"error":{}}\n\n',
    });
    expect([text, error]).toEqual(['a', undefined]);
  });

  test('begins, empty, as soon as the upstream has accepted', async () => {
    upstream.use({ tokens: 0, stall: true });
    const stop = new AbortController();
    const stream = sourceOf()(asked(), { signal: stop.signal, clock: systemClock })[Symbol.asyncIterator]();
    expect(await stream.next()).toEqual({ done: false, value: [] });
    const waiting = stream.next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('leaves its connection to the ones after it', async () => {
    const source = sourceOf();
    for (let i = 0; i < 6; i += 1) expect((await collect(source, asked())).error).toBeUndefined();
    // Two, because a connection is free a moment after its answer, and nobody waits for that.
    expect(upstream.openSockets).toBeLessThanOrEqual(2);
    expect(upstream.requests.filter(({ socketClosedAt }) => socketClosedAt !== undefined)).toEqual([]);
  });
});

describe('the request', () => {
  test('says what was asked, in the words of OpenAI', async () => {
    const tools = [{ name: 'f', description: 'd', inputSchema: { type: 'object' } }];
    await answer({}, {}, { maxTokens: 9, seed: 4, temperature: 0.5, logprobs: 2, tools });
    const [{ path, method, headers, body } = expect.fail()] = upstream.requests;
    expect([method, path, headers.authorization]).toEqual(['POST', '/v1/chat/completions', `Bearer ${KEY}`]);
    expect(body).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: PROMPT }],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.5,
      seed: 4,
      max_completion_tokens: 9,
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }],
      logprobs: true,
      top_logprobs: 2,
    });
  });

  test('to a compatible server uses the older name of the limit, and no key if there is none', async () => {
    await collect(sourceOf({}, 'compatible/org/model:7b'), asked({ maxTokens: 9 }));
    expect(upstream.requests[0]?.body).toMatchObject({ model: 'org/model:7b', max_tokens: 9 });
    expect(upstream.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('takes nothing from the environment, and tells nothing about this machine', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:1/elsewhere');
    vi.stubEnv('OPENAI_ORG_ID', 'org-canary');
    vi.stubEnv('OPENAI_ADMIN_KEY', 'admin-canary');
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Canary: yes');
    const { error } = await answer({});
    vi.unstubAllEnvs();
    expect(error).toBeUndefined();
    const { host, ...headers } = upstream.requests[0]?.headers ?? {};
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'user-agent',
    ]);
    expect(host).toBe(new URL(upstream.url).host);
  });

  test('is repeated without a field that the model refuses', async () => {
    const { error } = await answer({
      status: 400,
      failures: 1,
      error: { message: 'secret', param: 'temperature', code: 'unsupported_value' },
    });
    expect(error).toBeUndefined();
    expect(upstream.requests.map(({ body }) => 'temperature' in body)).toEqual([true, false]);
  });

  test('the SDK is loaded only when an upstream is first asked', async () => {
    const directory = new URL('../src/', import.meta.url);
    for (const file of await readdir(directory, { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      const text = await readFile(new URL(file, directory), 'utf8');
      expect(text, file).not.toMatch(/^import (?!type)[^;]*from 'openai/m);
    }
  });
});

describe('abort', () => {
  test('in mid-answer closes the upstream socket', async () => {
    upstream.use({ tokens: 3, stall: true });
    const stop = new AbortController();
    const result = collect(sourceOf(), asked(), { signal: stop.signal });
    const received = await upstream.received(1);
    stop.abort();
    await received.socketClosed;
    expect((await result).error).toBeUndefined();
    expect(upstream.openSockets).toBe(0);
  });

  test('while tokens flow: the upstream stops sending', async () => {
    upstream.use({ tokens: 100_000, intervalMs: 1 });
    const stop = new AbortController();
    const stream = sourceOf()(asked(), { signal: stop.signal, clock: systemClock });
    let batches = 0;
    for await (const batch of stream) {
      batches += batch.length > 0 ? 1 : 0;
      if (batches === 3) stop.abort();
    }
    await upstream.requests[0]?.socketClosed;
    expect(upstream.requests[0]?.tokensSent).toBeLessThan(100_000);
  });

  test('before the upstream has answered', async () => {
    upstream.use({ silent: true });
    const stop = new AbortController();
    const result = collect(sourceOf(), asked(), { signal: stop.signal });
    const received = await upstream.received(1);
    stop.abort();
    await received.socketClosed;
    expect(await result).toMatchObject({ batches: [], error: undefined });
  });

  test('while waiting for the next attempt leaves no timer', async () => {
    upstream.use({ status: 503, retryAfter: '4' });
    const clock = new VirtualClock();
    const stop = new AbortController();
    const result = collect(sourceOf(), asked(), { signal: stop.signal, clock });
    await upstream.received(1);
    // First token and pause: then it is waiting.
    await vi.waitUntil(() => clock.pending === 2, { interval: 1, timeout: 30_000 });
    stop.abort();
    expect(await result).toMatchObject({ batches: [], error: undefined });
    expect([clock.pending, upstream.requests.length]).toEqual([0, 1]);
  });

  test('before it began asks nobody', async () => {
    expect((await collect(sourceOf(), asked(), { signal: AbortSignal.abort() })).batches).toEqual([]);
    expect(upstream.requests).toHaveLength(0);
  });

  test('leaving the loop closes the upstream socket too', async () => {
    upstream.use({ tokens: 3, stall: true });
    const clock = new VirtualClock();
    for await (const batch of sourceOf()(asked(), { signal: new AbortController().signal, clock })) {
      if (batch.length > 0) break;
    }
    await upstream.requests[0]?.socketClosed;
    expect(clock.pending).toBe(0);
  });
});

describe('time limits, in virtual time', () => {
  test('connecting takes too long', async () => {
    // A server that never answers the TLS hello: the connection does not come to stand.
    const server = createServer((socket) => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const clock = new VirtualClock();
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const result = collect(sourceOf({}, 'openai/x', url), asked(), { clock });
    const [socket] = await accepted;
    socket.resume();
    const closed = once(socket, 'close');
    await clock.advance(9_999);
    expect(clock.pending).toBe(2);
    await clock.advance(1);
    expect((await result).error).toMatchObject({ code: 'upstream_timeout' });
    await closed;
    expect(clock.pending).toBe(0);
    server.close();
  });

  test.each([
    ['never answers', { silent: true }],
    ['accepts and says nothing', { tokens: 0, stall: true }],
    ['sends only comments', { tokens: 0, stall: true, keepAliveMs: 1 }],
    ['sends only empty chunks', { tokens: ['', ''], stall: true }],
  ] satisfies [string, UpstreamScript][])('an upstream that %s: upstream_timeout after 60 s', async (_name, script) => {
    upstream.use(script);
    const clock = new VirtualClock();
    const result = collect(sourceOf(), asked(), { clock });
    const received = await upstream.received(1);
    await clock.advance(59_999);
    expect(upstream.openSockets).toBe(1);
    await clock.advance(1);
    expect(checked(await result).error).toMatchObject({ code: 'upstream_timeout' });
    await received.socketClosed;
    expect(clock.pending).toBe(0);
  });

  test('silence in mid-answer, hidden by comments: upstream_stalled after 60 s, partial text kept', async () => {
    upstream.use({ tokens: ['a', 'b'], stall: true, keepAliveMs: 1 });
    const clock = new VirtualClock();
    const { stream, seen } = follow(clock);
    await vi.waitUntil(() => seen.join('') === 'ab', { interval: 1, timeout: 30_000 });
    await clock.advance(59_000);
    expect(upstream.openSockets).toBe(1);
    await clock.advance(1_000);
    await expect(stream).rejects.toMatchObject({ code: 'upstream_stalled' });
    await upstream.requests[0]?.socketClosed;
    expect(clock.pending).toBe(0);
  });

  test('the whole answer takes too long', async () => {
    upstream.use({ tokens: ['a'], stall: true });
    const clock = new VirtualClock();
    const { stream, seen } = follow(clock, { totalMs: 5_000 });
    await vi.waitUntil(() => seen.length === 1, { interval: 1, timeout: 30_000 });
    await clock.advance(5_000);
    await expect(stream).rejects.toMatchObject({ code: 'upstream_timeout' });
  });

  test('a slow reader is no silence of the model', async () => {
    upstream.use({ tokens: ['a'], stall: true });
    const clock = new VirtualClock();
    const stream = sourceOf()(asked(), { signal: new AbortController().signal, clock })[Symbol.asyncIterator]();
    await stream.next();
    expect((await stream.next()).value).toHaveLength(1);
    await clock.advance(300_000);
    expect(upstream.openSockets).toBe(1);
    const next = expect(stream.next()).rejects.toMatchObject({ code: 'upstream_stalled' });
    await clock.advance(60_000);
    await next;
  });

  test('after the reason for stopping nothing much is waited for', async () => {
    const last = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] };
    upstream.use({ tokens: 0, raw: `data: ${JSON.stringify(last)}\n\n`, stall: true });
    const clock = new VirtualClock();
    const { stream, seen } = follow(clock);
    await vi.waitUntil(() => seen.length === 1, { interval: 1, timeout: 30_000 });
    await clock.advance(5_000);
    await stream;
    await upstream.requests[0]?.socketClosed;
    expect(clock.pending).toBe(0);
  });

  function follow(clock: VirtualClock, limits: Partial<UpstreamLimits> = {}) {
    const seen: string[] = [];
    const stream = (async () => {
      for await (const batch of sourceOf(limits)(asked(), { signal: new AbortController().signal, clock }))
        seen.push(...tokensOf(batch));
    })();
    stream.catch(() => {});
    return { stream, seen };
  }
});

describe('failures', () => {
  test('429 carries Retry-After on', async () => {
    const { error, batches } = await answer({ status: 429, retryAfter: '30' });
    expect(error).toMatchObject({ code: 'upstream_rate_limited', retryable: true, details: { retryAfterMs: 30_000 } });
    expect(batches).toEqual([]);
    expect(upstream.requests).toHaveLength(1);
  });

  test('a spent quota is not asked for again', async () => {
    const { error } = await answer({ status: 429, error: { code: 'insufficient_quota', message: 'secret' } });
    expect(error).toMatchObject({ code: 'upstream_rate_limited', retryable: false });
    expect(upstream.requests).toHaveLength(1);
  });

  test.each([429, 500, 503, 408, 409])('HTTP %i before acceptance is tried again, and may succeed', async (status) => {
    const { error, pieces } = await answer({ status, failures: 2, tokens: 3 });
    expect([error, pieces.length, upstream.requests.length]).toEqual([undefined, 4, 3]);
  });

  test.each([
    [500, 3, true],
    [400, 1, false],
    [401, 1, false],
    [403, 1, false],
    [404, 1, false],
    [422, 1, false],
  ])('HTTP %i for good: upstream_error after %i requests', async (status, count, retryable) => {
    expect((await answer({ status })).error).toMatchObject({ code: 'upstream_error', retryable });
    expect(upstream.requests).toHaveLength(count);
  });

  test.each([
    ['an error in mid-stream', { errorAfter: true }, 'upstream_error'],
    ['a reset', { reset: true, intervalMs: 1 }, 'upstream_error'],
    ['a clean end without reason for stopping', { truncate: true }, 'upstream_truncated'],
    ['an end marker without reason for stopping', { finishReason: null }, 'upstream_truncated'],
    ['half an event at the end', { truncate: true, raw: 'data: {"choi' }, 'upstream_truncated'],
    ['a chunk that is not JSON', { malformed: true }, 'upstream_protocol'],
    ['an endless line', { raw: ENDLESS }, 'upstream_protocol'],
  ] satisfies [string, UpstreamScript, string][])(
    '$0 is never tried again, and nothing is logged',
    async (_name, script: UpstreamScript, code) => {
      const log = vi.spyOn(console, 'error').mockImplementation(() => {});
      const { error, text } = await answer({ tokens: ['a', 'b'], ...script });
      expect(error).toMatchObject({ code });
      if (!script.reset) expect(text).toBe('ab');
      expect(upstream.requests).toHaveLength(1);
      expect(log).not.toHaveBeenCalled();
      log.mockRestore();
    },
  );

  test('a redirect to another host is not followed, and the key stays here', async () => {
    const other = await startOpenAiUpstream();
    const { error } = await answer({ redirectTo: `${other.url}/chat/completions` });
    expect(error).toMatchObject({ code: 'upstream_protocol', retryable: false });
    expect(other.requests).toHaveLength(0);
    await other.close();
  });

  test.each([
    ['text/html', { 'content-type': 'text/html' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
  ])('%s is upstream_protocol before anything is accepted', async (_name, headers) => {
    const { error, batches } = await answer({ headers });
    expect(error).toMatchObject({ code: 'upstream_protocol' });
    expect(batches).toEqual([]);
  });

  test('nobody there: upstream_error, with the system code only', async () => {
    const gone = await startOpenAiUpstream();
    await gone.close();
    const { error } = checked(await collect(sourceOf({}, 'openai/x', gone.url), asked()));
    expect(error).toMatchObject({
      code: 'upstream_error',
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('what answers speaks no HTTP: upstream_protocol', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { error } = checked(await collect(sourceOf({}, 'openai/x', url), asked()));
    expect(error).toMatchObject({ code: 'upstream_protocol', retryable: false });
    server.close();
  });

  test('a reset after the reason for stopping loses only the usage', async () => {
    const raw = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\n';
    const { error, pieces } = await answer({ tokens: ['a', 'b'], raw, truncate: true });
    expect(error).toBeUndefined();
    expect(pieces.at(-1)).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: 2 } });
  });
});
