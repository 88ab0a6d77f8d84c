import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { watchBuffering, type BufferingReport } from '@tokenwire/client-kit';
import { streamLadder, type LadderOptions, type LadderStream } from '@tokenwire/client-ladder';
import { streamSse } from '@tokenwire/client-sse';
import { Generations } from '@tokenwire/generation-log';
import { combinedTransport } from '@tokenwire/playground';
import type { GenerationRequest } from '@tokenwire/protocol';
import { createApp, DEFAULT_SETTINGS } from '@tokenwire/server-kit';
import { createSources } from '@tokenwire/token-source';
import { WebSocket } from 'ws';
import { bufferingProxy, type BufferingOptions, type BufferingProxy } from './buffering-proxy.js';

/** Long enough for a client to grow suspicious, and short enough to wait for. */
const SUSPICIOUS = { quietMs: 100, lateMs: 100 };
/** Goes on until it is stopped, so that nothing depends on how soon a busy machine lets a client grow suspicious. */
const request: GenerationRequest = {
  model: 'sim',
  prompt: 'x',
  seed: 3,
  maxTokens: 100_000,
  cadence: { ttftMs: 50, tokensPerSecond: 50, jitter: 0, burst: 1 },
};

describe('a ladder behind a proxy that buffers', () => {
  let server: Server;
  let generations: Generations;
  let origin: string;
  const proxies: BufferingProxy[] = [];

  beforeAll(async () => {
    const sources = createSources({});
    generations = new Generations({ resolve: (model) => sources.resolve(model) });
    const transport = combinedTransport(generations, DEFAULT_SETTINGS);
    const app = createApp({ generations, settings: DEFAULT_SETTINGS, transport, log: () => {} });
    server = createServer(app);
    server.on('upgrade', transport.upgrade!);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => void (await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))));

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function behind(options: BufferingOptions, ladder: Partial<LadderOptions> = {}): Promise<LadderStream> {
    const proxy = await bufferingProxy(origin, options);
    proxies.push(proxy);
    return streamLadder({ url: proxy.url, request, WebSocket, buffering: SUSPICIOUS, ...ladder });
  }

  /** Reads, and stops the answer once its text comes over `last`. What was read is whole, and one generation was started. */
  async function read(stream: LadderStream, last: string): Promise<(readonly [string, string])[]> {
    const before = generations.stats().kept;
    const seqs: number[] = [];
    for await (const { seq } of stream) {
      seqs.push(seq);
      if (stream.transport === last && stream.textSoFar !== '') await stream.stop();
    }
    expect(stream.status).toBe('cancelled');
    const { log } = generations.get(stream.id ?? '');
    expect(seqs).toEqual(Array.from({ length: log.lastSeq }, (_, i) => i + 1));
    expect(stream.textSoFar).toBe(log.text);
    expect(generations.stats().kept - before, 'generations').toBe(1);
    return stream.steps.map(({ to, reason }) => [to, reason] as const);
  }

  test('goes down to long polls, and reads the whole answer once', async () => {
    const stream = await behind({});
    expect(await read(stream, 'long-poll')).toEqual([
      ['sse', 'handshake'],
      ['chunked', 'buffered'],
      ['long-poll', 'buffered'],
    ]);
  });

  test('that lets the headers through, too', async () => {
    const stream = await behind({ holdHeaders: false }, { transports: ['sse', 'chunked', 'long-poll'] });
    expect(await read(stream, 'long-poll')).toEqual([
      ['chunked', 'buffered'],
      ['long-poll', 'buffered'],
    ]);
  });

  test('that lets go in bursts, too', async () => {
    const stream = await behind({ flushMs: 1_000 }, { transports: ['sse', 'long-poll'] });
    expect(await read(stream, 'long-poll')).toEqual([['long-poll', 'buffered']]);
  });

  test('is told apart from a model that thinks for three seconds', async () => {
    const cadence = { ttftMs: 3_000, tokensPerSecond: 1_000, jitter: 0, burst: 1 };
    const stream = await behind({ hold: false, sockets: 'pass' }, { request: { ...request, cadence }, buffering: {} });
    expect(await read(stream, 'websocket')).toEqual([]);
  });

  test('a single client reports it and reads on', async () => {
    const proxy = await bufferingProxy(origin);
    proxies.push(proxy);
    const reports: BufferingReport[] = [];
    const onBuffered = (report: BufferingReport): void => {
      reports.push(report);
      void stream.stop();
    };
    const stream = streamSse({ url: proxy.url, request, monitor: watchBuffering({ ...SUSPICIOUS, onBuffered }) });
    expect(await stream.text()).toBe(generations.get(stream.id ?? '').log.text);
    expect(reports).toMatchObject([{ accepted: false }]);
    expect(reports[0]?.behind).toBeGreaterThan(0);
  });
});
