import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { OpenStream, StreamOptions, TokenStream } from '../../src/index.js';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { ANSWER, ID, SHORT, START, STOP, log, text } from './answer.js';
import { QUICK, drain } from './read.js';
import { type Handler, type ScriptedServer, frames, head, honest, json, receipt, scripted, seqOf } from './server.js';

type Mode = keyof typeof frames;

const servers: ScriptedServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
const serve = async (handler: Handler): Promise<ScriptedServer> => {
  const server = await scripted(handler);
  servers.push(server);
  return server;
};

const TYPES = { chunked: 'application/x-ndjson', sse: 'text/event-stream' };
const bodyOf = (mode: Mode, events = ANSWER): Uint8Array => new TextEncoder().encode(events.map(frames[mode]).join(''));

/** A `fetch` whose body comes in exactly these pieces, which a network does not promise. */
function pieces(mode: Mode, body: readonly Uint8Array[]): typeof globalThis.fetch {
  const stream = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const piece of body) controller.enqueue(piece);
        controller.close();
      },
    });
  return async () => new Response(stream() as BodyInit, { headers: { 'content-type': TYPES[mode] } });
}

/** What both transports that stream over one HTTP response must do alike. */
export function streamingSuite(mode: Mode, open: OpenStream, heartbeat: string): void {
  const start = (server: ScriptedServer, options: Partial<StreamOptions> = {}): TokenStream =>
    open({ url: server.url, request: { prompt: 'x' }, ...QUICK, ...options });
  const stream = (res: ServerResponse): ServerResponse => head(res, mode);
  const write = (res: ServerResponse, events: typeof ANSWER): void => void res.write(events.map(frames[mode]).join(''));

  describe('requests', () => {
    test('start with a POST, resume with a GET from the cursor', async () => {
      const server = await serve((seen, res, n) => {
        stream(res);
        write(res, SHORT.slice(seqOf(seen), n * 2));
        res.end();
      });
      const { events } = await drain(start(server, { headers: { authorization: 'Bearer x' }, idempotencyKey: 'k1' }));
      expect(events).toEqual(SHORT);
      const [first, second, third] = server.seen;
      expect(first).toMatchObject({ method: 'POST', url: '/generations', body: '{"prompt":"x"}' });
      expect(first?.headers).toMatchObject({
        accept: TYPES[mode],
        authorization: 'Bearer x',
        'content-type': 'application/json',
        'idempotency-key': 'k1',
      });
      for (const [seen, seq] of [
        [second, 2],
        [third, 4],
      ] as const) {
        expect(seen).toMatchObject({ method: 'GET', path: `/generations/${ID}/events`, body: '' });
        expect(seen?.headers).toMatchObject({ accept: TYPES[mode], authorization: 'Bearer x' });
        expect(seen && seqOf(seen)).toBe(seq);
      }
      expect(server.seen).toHaveLength(3);
    });

    test('continue with `after` below a path prefix', async () => {
      const server = await serve(honest(mode, SHORT));
      const stream = open({ url: `${server.url}/api/`, after: `${ID}.3`, ...QUICK });
      expect((await drain(stream)).events).toEqual(SHORT.slice(3));
      expect(server.seen[0]?.path).toBe(`/api/generations/${ID}/events`);
    });

    test('at the end of the answer ask the snapshot, and end', async () => {
      const server = await serve(honest(mode, SHORT));
      const stream = open({ url: server.url, after: `${ID}.5`, ...QUICK });
      expect(await drain(stream)).toEqual({ events: [], error: undefined });
      expect(stream).toMatchObject({ status: 'completed', requests: 2, reconnects: 0 });
    });

    test('use one connection for one answer after the other', async () => {
      const server = await serve(honest(mode, SHORT));
      for (let i = 0; i < 5; i += 1) await drain(start(server));
      // The next one may begin before the platform has read the last byte of the one before.
      expect(server.sockets.size).toBeLessThanOrEqual(2);
    });
  });

  describe('framing', () => {
    test('does not depend on where the body is cut', async () => {
      const body = bodyOf(mode);
      const bytes = Array.from(body, (byte) => Uint8Array.of(byte));
      for (const cut of [[body], bytes, [body.subarray(0, 300), body.subarray(300)]]) {
        const options = { url: 'http://host.test', request: {}, fetch: pieces(mode, cut) };
        expect((await drain(open(options))).events).toEqual(ANSWER);
      }
    });

    test('counts every byte, heartbeats included', async () => {
      const body = [new TextEncoder().encode(heartbeat), bodyOf(mode)];
      let count = 0;
      const fetch = pieces(mode, body);
      await drain(open({ url: 'http://host.test', request: {}, fetch, onBytes: (n) => (count += n) }));
      expect(count).toBe(heartbeat.length + bodyOf(mode).length);
    });

    test('carries a legal token of 256 KiB that JSON makes six times as long', async () => {
      const long = log(START, text('\0'.repeat(256 * 1024)), STOP);
      const body = bodyOf(mode, long);
      const cut = Array.from({ length: Math.ceil(body.length / 1000) }, (_, i) =>
        body.subarray(i * 1000, i * 1000 + 1000),
      );
      const { events } = await drain(open({ url: 'http://host.test', request: {}, fetch: pieces(mode, cut) }));
      expect(events).toEqual(long);
    });

    test('refuses what does not end, and hangs up', async () => {
      const server = await serve((_, res) => {
        stream(res);
        res.write(mode === 'sse' ? 'data: ' : '"');
        const more = (): void => {
          while (!res.destroyed && res.write('x'.repeat(65_536)));
        };
        res.on('drain', more);
        more();
      });
      const { error } = await drain(start(server));
      expect(error).toMatchObject({ code: 'bad_response' });
      await server.seen[0]?.over;
    });

    test.each(['not json', '[1', '{"seq":3,"type":"message_stop"', '3', '{"seq":"3","type":"message_stop"}'])(
      'refuses %s, after what came before it',
      async (line) => {
        const server = await serve((_, res) => {
          write(stream(res), SHORT.slice(0, 2));
          res.write(mode === 'sse' ? `data: ${line}\n\n` : `${line}\n`);
        });
        const { events, error } = await drain(start(server));
        expect([events, server.seen.length]).toEqual([SHORT.slice(0, 2), 1]);
        expect(error).toMatchObject({ code: 'bad_response', partialText: 'one ' });
        await server.seen[0]?.over;
      },
    );

    test('drops half an event at a clean end, and gets it whole', async () => {
      const server = await serve((seen, res) => {
        const body = SHORT.slice(seqOf(seen)).map(frames[mode]).join('');
        stream(res).end(seen.method === 'POST' ? body.slice(0, -3) : body);
      });
      expect((await drain(start(server))).events).toEqual(SHORT);
      expect(server.seen).toHaveLength(2);
    });
  });

  describe('refusals', () => {
    test.each([
      [200, 'text/html', '<p>', 'bad_response'],
      [206, TYPES[mode], '', 'bad_response'],
      [400, 'application/json', '{"error":{"code":"unknown_field","message":"x","retryable":false}}', 'unknown_field'],
      [404, 'application/json', '{"error":{"code":"not_found","message":"x","retryable":false}}', 'not_found'],
      [410, 'application/json', '{"error":{"code":"history_lost","message":"x","retryable":false}}', 'history_lost'],
    ])('%s %s is thrown at once', async (status, type, body, code) => {
      const server = await serve((_, res) => void res.writeHead(status, { 'content-type': type }).end(body));
      for (const stream of [start(server), open({ url: server.url, after: `${ID}.1`, ...QUICK })]) {
        expect(await drain(stream)).toMatchObject({ events: [], error: { code } });
        expect([stream.requests, stream.status]).toEqual([1, 'failed']);
      }
    });

    test('503 and a gateway’s 502 page are tried again, with the same key', async () => {
      const server = await serve((seen, res, n) => {
        if (n === 1)
          json(res, 503, { error: { code: 'draining', message: 'x', retryable: true } }, { 'retry-after': '0' });
        else if (n === 2) res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>');
        else honest(mode, SHORT)(seen, res, n);
      });
      expect((await drain(start(server))).events).toEqual(SHORT);
      expect(new Set(server.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    });
  });

  describe('silence', () => {
    test('with heartbeats is patience', async () => {
      const clock = new VirtualClock({ startMs: 0 });
      let push: (bytes: Uint8Array) => void = () => undefined;
      const body = new ReadableStream<Uint8Array>({ start: (to) => void (push = (bytes) => to.enqueue(bytes)) });
      const fetch = async (): Promise<Response> =>
        new Response(body as BodyInit, { headers: { 'content-type': TYPES[mode] } });
      const stream_ = open({ url: 'http://host.test', request: {}, fetch, clock });
      const done = drain(stream_);
      for (let i = 0; i < 20; i += 1) {
        await clock.advance(30_000);
        push(new TextEncoder().encode(heartbeat));
      }
      push(bodyOf(mode, SHORT));
      expect((await done).events).toEqual(SHORT);
      expect([stream_.reconnects, clock.now()]).toEqual([0, 600_000]);
    });

    test.each(['before the headers', 'after an event'])('without them, %s, is a lost connection', async (when) => {
      const server = await serve((seen, res, n) => {
        if (n > 1) honest(mode, SHORT)(seen, res, n);
        else if (when === 'after an event') write(stream(res), SHORT.slice(0, 1));
      });
      const stream_ = start(server, { idleTimeoutMs: 60 });
      expect((await drain(stream_)).events).toEqual(SHORT);
      expect(stream_.reconnects).toBeGreaterThanOrEqual(1);
      await server.seen[0]?.over;
    });
  });

  describe('leaving', () => {
    const slow: Handler = (seen, res) => {
      if (seen.path.endsWith('/stop')) json(res, 200, receipt(2));
      else write(stream(res), SHORT.slice(0, 2));
    };

    test.each(['break', 'throw', 'abort', 'detach'])('by %s closes the socket', async (how) => {
      const server = await serve(slow);
      const controller = new AbortController();
      const stream_ = start(server, { signal: controller.signal });
      const loop = async (): Promise<void> => {
        for await (const { seq } of stream_) {
          if (seq < 2) continue;
          if (how === 'break') break;
          if (how === 'throw') throw new Error('mine');
          if (how === 'abort') setImmediate(() => controller.abort());
          else setImmediate(() => stream_.detach());
        }
      };
      await loop().catch(() => undefined);
      expect(stream_.status).toBe('detached');
      await server.seen[0]?.over;
      expect(server.seen).toHaveLength(1);
    });

    test('during connect closes the socket', async () => {
      const server = await serve(() => undefined);
      const stream_ = start(server);
      const done = drain(stream_);
      await server.arrived(1);
      stream_.detach();
      expect((await done).error).toMatchObject({ code: 'aborted' });
      await server.seen[0]?.over;
    });

    test('is done by the client when the server does not end after the terminal event', async () => {
      const server = await serve((_, res) => write(stream(res), SHORT));
      expect((await drain(start(server))).events).toEqual(SHORT);
      await server.seen[0]?.over;
    });

    test('is not stopping, and stopping is one more request', async () => {
      const server = await serve((seen, res, n) => {
        slow(seen, res, n);
        if (!seen.path.endsWith('/stop')) return;
        write(live as ServerResponse, log(START, text('one '), { type: 'cancelled', by: 'client' }).slice(2));
        live?.end();
      });
      let live: ServerResponse | undefined;
      server.http.on('request', (_, res: ServerResponse) => (live ??= res));
      const stream_ = start(server);
      const types: string[] = [];
      for await (const { type, seq } of stream_) {
        types.push(type);
        if (seq === 2) expect(await stream_.stop()).toEqual(receipt(2));
      }
      expect(types.at(-1)).toBe('cancelled');
      expect(server.seen.map(({ url }) => url)).toEqual(['/generations', `/generations/${ID}/stop`]);
    });
  });

  test('an application that does not read makes the server wait, and gets everything later', async () => {
    const events = log(START, ...Array.from({ length: 400 }, (_, i) => text(`${i} ${'x'.repeat(65_536)}`)), STOP);
    let written = 0;
    const server = await serve((_, res) => {
      stream(res);
      const more = async (): Promise<void> => {
        for (const event of events) {
          written += 1;
          if (!res.write(frames[mode](event))) await once(res, 'drain');
        }
        res.end();
      };
      void more();
    });
    const iterator = start(server)[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual(events[0]);
    // The server stands still when it has written nothing for a while.
    for (let before = -1; before !== written;) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(written).toBeLessThan(events.length / 2);
    const rest = [];
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) rest.push(next.value.seq);
    expect(rest).toEqual(events.slice(1).map(({ seq }) => seq));
  });
}
