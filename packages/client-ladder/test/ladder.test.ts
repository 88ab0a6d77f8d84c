import { afterEach, describe, expect, test } from 'vitest';
import { TokenwireError } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { WebSocket } from 'ws';
import { ANSWER, ID, SHORT } from '../../client-kit/test/support/answer.js';
import { QUICK, drain, until } from '../../client-kit/test/support/read.js';
import { frames, head, seqOf } from '../../client-kit/test/support/server.js';
import {
  type LadderMemory,
  type LadderOptions,
  type LadderStep,
  type LadderStream,
  streamLadder,
} from '../src/index.js';
import { verdictOn } from '../src/verdict.js';
import { type CombinedServer, type Fault, combinedServer } from './support/server.js';

const servers: CombinedServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
const serve = async (...args: Parameters<typeof combinedServer>): Promise<CombinedServer> => {
  const server = await combinedServer(...args);
  servers.push(server);
  return server;
};

function climb(
  server: CombinedServer,
  options: Partial<LadderOptions> = {},
): LadderStream & { reported: LadderStep[] } {
  const reported: LadderStep[] = [];
  const start = options.after === undefined ? { request: { prompt: 'x' } } : {};
  const onStep = (step: LadderStep): void => void reported.push(step);
  const stream = streamLadder({ url: server.url, ...start, WebSocket, onStep, ...QUICK, ...options });
  return Object.assign(stream, { reported });
}

const refuseUpgrade = { upgrade: (socket: { end: (text: string) => void }) => socket.end('HTTP/1.1 403 No\r\n\r\n') };
const page: Fault = (_, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<p>Please log in.</p>');
const dies =
  (transport: 'sse' | 'chunked'): Fault =>
  (_, res) =>
    void head(res, transport).end();

describe('the ladder', () => {
  test('stays on the WebSocket while that works', async () => {
    const server = await serve(ANSWER);
    const stream = climb(server);
    expect(await drain(stream)).toEqual({ events: ANSWER, error: undefined });
    expect([stream.transport, stream.steps, server.asked]).toEqual(['websocket', [], ['websocket']]);
  });

  test('leaves a WebSocket whose handshake is refused twice, while the server can be reached', async () => {
    const server = await serve(ANSWER, refuseUpgrade);
    const stream = climb(server);
    expect(await drain(stream)).toEqual({ events: ANSWER, error: undefined });
    expect(server.asked).toEqual(['websocket', 'websocket', 'sse']);
    expect(stream.reported).toMatchObject([{ from: 'websocket', to: 'sse', reason: 'handshake' }]);
    expect(stream.steps).toEqual(stream.reported);
    expect([stream.transport, server.keys.size]).toEqual(['sse', 1]);
  });

  test('does not leave it while the whole server is away', async () => {
    const readyz: Fault = (_, res) => void res.writeHead(503).end();
    const server = await serve(ANSWER, { ...refuseUpgrade, readyz });
    const stream = climb(server, { retry: { maxAttempts: 5, baseMs: 1 } });
    expect((await drain(stream)).error).toMatchObject({ code: 'connection_lost' });
    expect([stream.transport, server.asked]).toEqual(['websocket', Array(5).fill('websocket')]);
  });

  test('goes all the way down, and each step has its reason', async () => {
    const server = await serve(ANSWER, { ...refuseUpgrade, sse: page, chunked: dies('chunked') });
    const stream = climb(server);
    expect(await drain(stream)).toEqual({ events: ANSWER, error: undefined });
    expect(stream.steps.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      ['websocket', 'sse', 'handshake'],
      ['sse', 'chunked', 'bad_response'],
      ['chunked', 'long-poll', 'dies'],
    ]);
    expect(stream.steps[1]?.detail).toContain('text/html');
    expect([stream.transport, stream.status, server.keys.size]).toEqual(['long-poll', 'completed', 1]);
  });

  test('on its last rung is a client like any other', async () => {
    const server = await serve(ANSWER, { ...refuseUpgrade, sse: page, chunked: page, 'long-poll': page });
    const { events, error } = await drain(climb(server));
    expect([events, error]).toMatchObject([[], { code: 'bad_response', partialText: '' }]);
  });

  test('carries the cursor over in mid-answer: nothing lost, nothing doubled, nothing started again', async () => {
    const sse: Fault = (seen, res) => {
      if (seq(seen) > 0) return void head(res, 'sse').end();
      head(res, 'sse').end(ANSWER.slice(0, 4).map(frames.sse).join(''));
    };
    const seq = seqOf;
    const server = await serve(ANSWER, { sse });
    const stream = climb(server, { transports: ['sse', 'chunked'] });
    expect(await drain(stream)).toEqual({ events: ANSWER, error: undefined });
    expect(stream.steps).toMatchObject([{ from: 'sse', to: 'chunked', reason: 'dies' }]);
    expect(server.asked).toEqual(['sse', 'sse', 'sse', 'sse', 'chunked']);
    expect(server.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(seqOf(server.seen.at(-1)!)).toBe(4);
  });

  test('leaves a transport that the server does not offer', async () => {
    const chunked: Fault = (_, res) => void res.writeHead(406, { 'content-type': 'application/json' }).end('{}');
    const server = await serve(SHORT, { chunked });
    const stream = climb(server, { transports: ['chunked', 'long-poll'], after: `${ID}.2` });
    expect((await drain(stream)).events).toEqual(SHORT.slice(2));
    expect(stream.steps).toMatchObject([{ reason: 'refused' }]);
  });

  test('where there is no WebSocket begins with SSE, and says so', async () => {
    const had = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
    Reflect.deleteProperty(globalThis, 'WebSocket');
    try {
      const server = await serve(SHORT);
      const stream = climb(server, { WebSocket: undefined });
      expect((await drain(stream)).events).toEqual(SHORT);
      expect(stream.steps).toMatchObject([{ from: 'websocket', to: 'sse', reason: 'unavailable' }]);
    } finally {
      if (had) Object.defineProperty(globalThis, 'WebSocket', had);
    }
  });

  test('remembers what worked: the next stream begins there', async () => {
    const memory: LadderMemory = {};
    const server = await serve(SHORT, refuseUpgrade);
    await drain(climb(server, { memory }));
    expect(memory).toEqual({ transport: 'sse' });
    server.asked.length = 0;
    const second = climb(server, { memory });
    expect(second.transport).toBe('sse');
    expect((await drain(second)).events).toEqual(SHORT);
    expect([server.asked, second.steps]).toEqual([['sse'], []]);
  });

  test('takes servers of one log, each with its address, and asks the one in use to stop', async () => {
    const sockets = await serve(SHORT, refuseUpgrade);
    const sse = await serve(SHORT, { sse: (_, res) => void head(res, 'sse').write(frames.sse(SHORT[0]!)) });
    const url = { websocket: sockets.url, sse: sse.url };
    const stream = climb(sockets, { url });
    const stopping: Promise<unknown>[] = [];
    for await (const { seq } of stream) {
      if (seq === 1) stopping.push(stream.stop());
      break;
    }
    expect(await Promise.all(stopping)).toMatchObject([{ id: ID }]);
    expect(sockets.seen).toEqual([]);
    expect(sse.seen.map(({ url }) => url)).toEqual(['/readyz', '/generations', `/generations/${ID}/stop`]);
  });

  test('steps from one address to the next, also without having asked there first', async () => {
    const first = await serve(SHORT, { sse: dies('sse') });
    const second = await serve(SHORT);
    const stream = climb(first, { url: { sse: first.url, chunked: second.url } });
    expect(await drain(stream)).toEqual({ events: SHORT, error: undefined });
    expect([first.asked, second.asked]).toEqual([['sse', 'sse', 'sse'], ['chunked']]);
    expect(stream.steps).toMatchObject([{ reason: 'dies' }]);
  });

  test.each(['sse', 'chunked', 'websocket'] as const)(
    'left in mid-answer on %s leaves nothing open',
    async (transport) => {
      const clock = new VirtualClock();
      const server = await serve(ANSWER);
      const stream = climb(server, { transports: [transport, 'long-poll'], clock });
      for await (const { seq } of stream) if (seq === 3) break;
      expect(stream.status).toBe('detached');
      await until(() => clock.pending === 0 && server.open.size === 0);
    },
  );

  test('surfaces what onStep throws, and leaves nothing open', async () => {
    const server = await serve(SHORT, { sse: page });
    const onStep = (): never => {
      throw new Error('mine');
    };
    const stream = climb(server, { transports: ['sse', 'long-poll'], onStep });
    expect(await drain(stream)).toMatchObject({ events: [], error: { message: 'mine' } });
    expect([stream.status, server.asked]).toEqual(['detached', ['sse']]);
  });

  test.each<[string, Partial<LadderOptions>]>([
    ['transports', { transports: [] }],
    ['addresses', { url: {} }],
  ])('without %s is refused at once', (_, options) => {
    const open = (): unknown => streamLadder({ url: 'http://host.test', request: {}, ...options });
    expect(open).toThrow('at least one transport');
  });
});

describe('the verdict on a connection that brought nothing', () => {
  const error = (code: ConstructorParameters<typeof TokenwireError>[0]): TokenwireError =>
    new TokenwireError(code, 'x');

  test.each([
    ['a clean end', true, undefined, 'dies'],
    ['a reset after the headers', true, new TypeError('terminated'), 'dies'],
    ['a reset before them', false, new TypeError('fetch failed'), 'handshake'],
    ['a gateway’s 502', false, error('connection_lost'), 'handshake'],
    ['a page', false, error('bad_response'), 'bad_response'],
    ['406', false, error('not_acceptable'), 'refused'],
    ['overload', false, error('overloaded'), undefined],
    ['a draining server', true, error('draining'), undefined],
    ['an unknown id', false, error('not_found'), undefined],
    ['the reader leaving', true, error('aborted'), undefined],
    ['a wrong token', false, error('unauthenticated'), undefined],
  ])('%s', (_, accepted, ended, verdict) => {
    expect(verdictOn(accepted, ended)).toBe(verdict);
  });

  test('that could not say who asks', () => {
    expect(verdictOn(false, error('unauthenticated'), true)).toBe('refused');
    expect(verdictOn(false, error('forbidden'), true)).toBe(undefined);
  });
});
