import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { type ClientMessage, parseCursor } from '@tokenwire/protocol';
import { WebSocket } from 'ws';
import { ID, SHORT, START, STOP, log, text } from '../../client-kit/test/support/answer.js';
import { QUICK, drain, until } from '../../client-kit/test/support/read.js';
import { json, receipt, snapshot } from '../../client-kit/test/support/server.js';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { type StreamOptions, type TokenStream, streamWebSocket } from '../src/index.js';
import { type OnMessage, type SocketServer, accept, honest, say, socketServer } from './support/server.js';

const servers: SocketServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
const serve = async (...args: Parameters<typeof socketServer>): Promise<SocketServer> => {
  const server = await socketServer(...args);
  servers.push(server);
  return server;
};
const start = (server: SocketServer, options: Partial<StreamOptions> = {}): TokenStream =>
  streamWebSocket({
    url: server.url,
    ...(options.after === undefined ? { request: { prompt: 'x' } } : {}),
    WebSocket,
    ...QUICK,
    ...options,
  });

/** Sends what comes after the cursor, up to `last`. */
const upTo = (message: ClientMessage, socket: WebSocket, last: number): void => {
  const seq = accept(message, socket);
  for (const event of SHORT.slice(seq, last)) say(socket, { ref: (message as { ref: number }).ref, event });
};

describe('handshake and resume', () => {
  test('generate on the first socket, attach after the cursor on the next, with the same key before that', async () => {
    const server = await serve((message, socket, n) => {
      if (n === 1) return socket.terminate();
      upTo(message, socket, n === 2 ? 2 : 5);
      if (n === 2) socket.terminate();
    });
    const stream = start(server, { idempotencyKey: 'k' });
    expect(await drain(stream)).toEqual({ events: SHORT, error: undefined });
    const generate = { type: 'generate', ref: 1, request: { prompt: 'x' }, idempotencyKey: 'k' };
    expect(server.heard).toEqual([generate, generate, { type: 'attach', ref: 1, after: `${ID}.2` }]);
    expect(stream).toMatchObject({ status: 'completed', requests: 3, reconnects: 2, id: ID });
  });

  test('the address is /generations below the base, with its query', async () => {
    let address: string | undefined;
    const server = await serve(honest(SHORT));
    server.http.on('upgrade', ({ url }) => (address = url));
    await drain(start(server, { url: `${server.url}/api/?ticket=t` }));
    expect(address).toBe('/api/generations?ticket=t');
  });

  test('without a WebSocket the error says what to do', () => {
    const had = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
    Reflect.deleteProperty(globalThis, 'WebSocket');
    try {
      expect(() => streamWebSocket({ url: 'http://host.test', request: {} })).toThrow('package ws');
    } finally {
      if (had) Object.defineProperty(globalThis, 'WebSocket', had);
    }
  });

  test('a server without the subprotocol is refused', async () => {
    class Foreign extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        Object.defineProperty(this, 'protocol', { value: '' });
      }
    }
    const server = await serve(honest(SHORT));
    expect((await drain(start(server, { WebSocket: Foreign }))).error).toMatchObject({ code: 'bad_response' });
    expect(server.heard).toEqual([]);
    await until(() => server.open.size === 0);
  });

  test('a refused handshake is tried again, within the budget', async () => {
    const server = await serve(honest(SHORT));
    server.http.removeAllListeners('upgrade');
    server.http.on('upgrade', (_, socket: Duplex) => void socket.end('HTTP/1.1 503 Busy\r\n\r\n'));
    const stream = start(server, { retry: { maxAttempts: 3, baseMs: 1 } });
    expect((await drain(stream)).error).toMatchObject({ code: 'connection_lost' });
    expect(stream.requests).toBe(3);
  });

  test('at the end of the answer `done` leads to the snapshot', async () => {
    const handler = (_: unknown, res: Parameters<typeof json>[0]): void => json(res, 200, snapshot(5, 'cancelled'));
    const server = await serve(honest(SHORT), { handler });
    const stream = start(server, { after: `${ID}.5` });
    expect(await drain(stream)).toEqual({ events: [], error: undefined });
    expect([stream.status, server.seen[0]?.url]).toEqual(['cancelled', `/generations/${ID}`]);
    await until(() => server.open.size === 0);
  });
});

describe('messages', () => {
  const after =
    (bad: (socket: WebSocket, ref: number) => void): OnMessage =>
    (message, socket) => {
      upTo(message, socket, 2);
      bad(socket, 1);
    };

  test.each<[string, (socket: WebSocket) => void]>([
    ['binary', (socket) => socket.send(Buffer.from('{}'))],
    ['not JSON', (socket) => socket.send('{')],
    ['null', (socket) => socket.send('null')],
    ['an event of null', (socket) => say(socket, { ref: 1, event: null })],
    ['an event without seq', (socket) => say(socket, { ref: 1, event: { type: 'message_stop' } })],
    ['another generation', (socket) => say(socket, { ref: 1, generation: ID.replace('a', 'z'), cursor: 'x' })],
  ])('%s is bad_response, after what came before it', async (_, bad) => {
    const server = await serve(after(bad));
    const { events, error } = await drain(start(server));
    expect(events).toEqual(SHORT.slice(0, 2));
    expect(error).toMatchObject({ code: 'bad_response', partialText: 'one ' });
    await until(() => server.open.size === 0);
    expect(server.heard).toHaveLength(1);
  });

  test.each([
    ['of this attachment', { ref: 1 }],
    ['of the connection', {}],
  ])('an error %s that will stay is thrown', async (_, ref) => {
    const error = { code: 'cursor_expired', message: 'gone', retryable: false, oldest: `${ID}.9` };
    const server = await serve(after((socket) => say(socket, { ...ref, error })));
    const result = await drain(start(server));
    expect(result.error).toMatchObject({ code: 'cursor_expired', details: { oldest: `${ID}.9` } });
    expect(server.heard).toHaveLength(1);
  });

  test('an error that may pass is a reason to come back', async () => {
    const server = await serve((message, socket, n) => {
      const error = { code: 'overloaded', message: 'busy', retryable: true };
      if (n === 1) say(socket, { ref: 1, error });
      else honest(SHORT)(message, socket, n);
    });
    expect((await drain(start(server))).events).toEqual(SHORT);
  });

  test('for others, and of kinds unknown to this version, are ignored', async () => {
    const server = await serve((message, socket, n) => {
      say(socket, { type: 'hint', text: 'news' });
      say(socket, { ref: 7, event: { seq: 1, type: 'message_stop' } });
      say(socket, { ref: 7, error: { code: 'internal', message: 'x', retryable: false } });
      say(socket, { stopped: ID, receipt: receipt(1) });
      honest(SHORT)(message, socket, n);
    });
    expect((await drain(start(server))).events).toEqual(SHORT);
  });

  test('count their bytes as UTF-8', async () => {
    const events = log(START, text('é👩‍👩‍👧'), STOP);
    let sent = 0;
    const server = await serve(honest(events), {
      onOpen(socket) {
        const send = socket.send.bind(socket) as (data: string) => void;
        socket.send = (data: unknown) => {
          sent += Buffer.byteLength(data as string);
          send(data as string);
        };
      },
    });
    let got = 0;
    await drain(start(server, { onBytes: (n) => (got += n) }));
    expect(got).toBe(sent);
  });
});

describe('close', () => {
  test.each([1000, 1001, 1011, 1012, 1013, 4000, 4008, 4029, 4499])(
    'code %s is a reason to come back',
    async (code) => {
      const server = await serve((message, socket, n) => {
        upTo(message, socket, n === 1 ? 2 : 5);
        if (n === 1) socket.close(code);
      });
      const stream = start(server);
      expect(await drain(stream)).toEqual({ events: SHORT, error: undefined });
      expect(stream.reconnects).toBe(1);
    },
  );

  test('without a code, too', async () => {
    const server = await serve((message, socket, n) => {
      upTo(message, socket, n === 1 ? 2 : 5);
      if (n === 1) socket.close();
    });
    expect((await drain(start(server))).events).toEqual(SHORT);
  });

  test.each([
    [1002, 'bad_response'],
    [1003, 'unsupported_media_type'],
    [1007, 'bad_response'],
    [1008, 'bad_response'],
    [1009, 'payload_too_large'],
    [1010, 'bad_response'],
    [4500, 'invalid_request'],
    [4501, 'unauthenticated'],
    [4503, 'forbidden'],
    [4999, 'bad_response'],
  ])('code %s ends it as %s', async (code, expected) => {
    const server = await serve((message, socket) => {
      upTo(message, socket, 2);
      socket.close(code);
    });
    const { events, error } = await drain(start(server));
    expect(events).toEqual(SHORT.slice(0, 2));
    expect(error).toMatchObject({ code: expected, retryable: false, partialText: 'one ' });
    expect(server.heard).toHaveLength(1);
  });

  test('after the terminal event is nothing', async () => {
    const server = await serve((message, socket, n) => {
      honest(SHORT)(message, socket, n);
      socket.close(1011);
    });
    const stream = start(server);
    expect(await drain(stream)).toEqual({ events: SHORT, error: undefined });
    expect(stream.reconnects).toBe(0);
  });

  test.each([
    ['a frame of an unknown kind', [0x83, 0x00]],
    ['a masked frame', [0x81, 0x81, 1, 2, 3, 4, 5]],
  ])('because of %s settles', async (_, frame) => {
    const server = await serve((message, socket) => {
      upTo(message, socket, 2);
      (socket as unknown as { _socket: Duplex })._socket.write(Buffer.from(frame));
    });
    const { events, error } = await drain(start(server, { retry: { maxAttempts: 3, baseMs: 1 } }));
    expect(events).toEqual(SHORT.slice(0, 2));
    expect(error).toMatchObject({ name: 'TokenwireError', partialText: 'one ' });
  });
});

describe('heartbeat', () => {
  test('a ping is answered with a pong, also while the application is busy', async () => {
    const server = await serve((message, socket) => {
      if (message.type === 'generate') upTo(message, socket, 2);
      if (message.type === 'generate') say(socket, { type: 'ping' });
    });
    const iterator = start(server)[Symbol.asyncIterator]();
    await iterator.next();
    await until(() => server.heard.some(({ type }) => type === 'pong'));
    await iterator.return?.();
  });

  test('silence is a lost connection, and the dead socket is cut off', async () => {
    const server = await serve((message, socket, n) => {
      upTo(message, socket, n === 1 ? 2 : 5);
      // Answers neither pings nor the close any more.
      if (n === 1) (socket as unknown as { _socket: Duplex })._socket.pause();
    });
    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    }
    const clock = new VirtualClock({ startMs: 0 });
    const stream = start(server, { clock, random: () => 0, WebSocket: Watched });
    const done = drain(stream);
    while (stream.cursor !== `${ID}.2`) await clock.advance(0);
    await clock.advance(37_499);
    expect(stream.reconnects).toBe(0);
    await clock.advance(1);
    expect(stream.reconnects).toBe(1);
    while (stream.status !== 'completed') await clock.advance(0);
    expect((await done).events).toEqual(SHORT);
    expect(sockets[0]?.readyState).toBe(WebSocket.CLOSING);
    await clock.advance(1_000);
    await until(() => sockets.every(({ readyState }) => readyState === WebSocket.CLOSED));
    expect(clock.pending).toBe(0);
  });
});

describe('backpressure', () => {
  const PIECE = 'x'.repeat(8 * 1024);
  const long = log(START, ...Array.from({ length: 300 }, (_, i) => text(`${i} ${PIECE}`)), STOP);

  /** Sends at once what it is asked for, and what was in flight after a detach, too. */
  function eager(): { onMessage: OnMessage; sent: () => number } {
    const detached = new Set<number>();
    let sent = 0;
    const onMessage: OnMessage = (message, socket) => {
      if (message.type === 'detach') detached.add(message.ref);
      if (message.type !== 'generate' && message.type !== 'attach') return;
      const { ref } = message;
      let seq = accept(message, socket);
      let late = 3;
      const next = (): void => {
        if (detached.has(ref) && (late -= 1) < 0) return;
        const event = long[seq++];
        if (!event) return;
        sent += 1;
        say(socket, { ref, event });
        setImmediate(next);
      };
      next();
    };
    return { onMessage, sent: () => sent };
  }

  test('a reader that takes nothing lets go of the log, and takes it up after the cursor on the same socket', async () => {
    const { onMessage, sent } = eager();
    const server = await serve(onMessage);
    const stream = start(server);
    const iterator = stream[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual(long[0]);
    await until(() => server.heard.some(({ type }) => type === 'detach'));
    const waiting = 256 / 8;
    expect(sent()).toBeLessThan(waiting * 2);

    const events = [long[0]];
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      events.push(next.value);
      if (events.length % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(events).toEqual(long);
    expect(stream).toMatchObject({ reconnects: 0, requests: 1, status: 'completed' });

    const attachments = server.heard.filter(({ type }) => type === 'attach') as { ref: number; after: string }[];
    expect(attachments.length).toBeGreaterThan(0);
    expect(attachments.map(({ ref }) => ref)).toEqual(attachments.map((_, i) => i + 2));
    expect(parseCursor(attachments[0]?.after ?? '').seq, 'all that had been taken in').toBeGreaterThanOrEqual(waiting);
  });

  test('a reader that keeps up never lets go', async () => {
    const { onMessage } = eager();
    const server = await serve(onMessage);
    const stream = start(server);
    expect((await drain(stream)).events).toEqual(long);
    expect(server.heard.map(({ type }) => type)).toEqual(['generate']);
  });

  test('a lost connection while nothing is attached is resumed', async () => {
    const { onMessage } = eager();
    const server = await serve((message, socket, n) => {
      if (n === 1 && message.type === 'detach') setImmediate(() => socket.terminate());
      else onMessage(message, socket, n);
    });
    const stream = start(server);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await until(() => server.closes.length === 1);
    const rest = [];
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) rest.push(next.value);
    expect(rest).toEqual(long.slice(1));
  });
});

describe('leaving', () => {
  const half: OnMessage = (message, socket) => void (message.type === 'generate' && upTo(message, socket, 2));

  test.each(['break', 'throw', 'abort', 'detach'])('by %s closes the socket with 1000', async (how) => {
    const server = await serve(half);
    const controller = new AbortController();
    const clock = new VirtualClock({ startMs: 0 });
    const stream = start(server, { signal: controller.signal, clock });
    const loop = async (): Promise<void> => {
      for await (const { seq } of stream) {
        if (seq < 2) continue;
        if (how === 'break') break;
        if (how === 'throw') throw new Error('mine');
        if (how === 'abort') setImmediate(() => controller.abort());
        else setImmediate(() => stream.detach());
      }
    };
    await loop().catch(() => undefined);
    expect(stream.status).toBe('detached');
    await until(() => server.open.size === 0);
    await until(() => clock.pending === 0);
    expect(server.closes).toEqual([1000]);
    expect(server.heard).toHaveLength(1);
  });

  test('during connect is possible', async () => {
    const server = await serve(half);
    const stream = start(server);
    const done = drain(stream);
    stream.detach();
    expect((await done).error).toMatchObject({ code: 'aborted' });
    await until(() => server.sockets.size === 0);
    expect(server.heard).toEqual([]);
  });

  test('after the terminal event the socket is closed at once', async () => {
    const server = await serve(honest(SHORT));
    await drain(start(server));
    await until(() => server.open.size === 0);
    expect(server.closes).toEqual([1000]);
  });

  test('is not stopping, and stopping is one HTTP request', async () => {
    let live: WebSocket | undefined;
    const server = await serve((message, socket) => half(message, (live = socket), 1), {
      handler(seen, res) {
        json(res, 200, receipt(3));
        if (live) say(live, { ref: 1, event: { seq: 3, type: 'cancelled', by: 'client' } });
      },
    });
    const stream = start(server);
    for await (const { seq } of stream) if (seq === 2) expect(await stream.stop()).toEqual(receipt(3));
    expect(stream.status).toBe('cancelled');
    expect(server.seen.map(({ url }) => url)).toEqual([`/generations/${ID}/stop`]);
  });
});
