import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { Generations } from '@tokenwire/generation-log';
import { combinedTransport } from '@tokenwire/playground';
import { createApp, DEFAULT_SETTINGS, parseRequest, SERVER_OPTIONS } from '@tokenwire/server-kit';
import type { Piece, TokenSource } from '@tokenwire/token-source';
import { afterEach, describe, expect, test, vi } from 'vitest';

// Readers over HTTP that take nothing, or take it late. For sockets see apps/server-websocket/test/stalled.test.ts.

const PATIENCE = { interval: 5, timeout: 30_000 };
const LIMIT_BYTES = 64 * 1024;

/** More than the kernel buffers between two sockets of one machine. */
const LONG: readonly Piece[] = Array.from({ length: 40_000 }, (_, index) => ({
  type: 'text',
  text: `${index % 10 === 0 ? '語' : ''}${index} `.padEnd(200),
}));
const GIANT: readonly Piece[] = [{ type: 'text', text: 'é'.repeat(6_000_000) }];

const saying = (pieces: readonly Piece[]): TokenSource =>
  async function* () {
    yield pieces;
    yield [{ type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1 } }];
  };

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function setUp(pieces: readonly Piece[], writeStallMs = 30_000) {
  const generations = new Generations({ resolve: () => saying(pieces) });
  const settings = { ...DEFAULT_SETTINGS, writeStallMs };
  const server = createServer(
    SERVER_OPTIONS,
    createApp({ generations, settings, transport: combinedTransport(generations, settings) }),
  );
  const accepted: Socket[] = [];
  server.on('connection', (socket: Socket) => accepted.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => (server.closeAllConnections(), server.close()));
  const { id, log } = generations.start(parseRequest({ prompt: 'x', onDisconnect: 'continue' }));
  await vi.waitUntil(() => log.terminal, PATIENCE);

  /** Asks for all events, and reads nothing. @returns both ends. */
  const ask = async (query: string, accept: string) => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    closers.push(() => client.destroy());
    client.pause();
    await once(client, 'connect');
    const mine = ({ remotePort }: Socket) => remotePort === client.localPort;
    await vi.waitUntil(() => accepted.some(mine), PATIENCE);
    client.write(`GET /generations/${id}/events${query} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n\r\n`);
    return { client, tcp: accepted.find(mine) ?? expect.fail() };
  };
  return { generations, log, ask };
}

/** Most that waited in `tcp` until it stands still. */
async function mostWaiting(tcp: Socket): Promise<number> {
  await vi.waitUntil(() => tcp.writableNeedDrain, PATIENCE);
  let most = 0;
  let since = 0;
  await vi.waitUntil(
    () => {
      since = tcp.writableLength > most ? 0 : since + 1;
      most = Math.max(most, tcp.writableLength);
      return since > 30;
    },
    { ...PATIENCE, interval: 1 },
  );
  return most;
}

const STREAMS = [
  ['chunked', 'application/x-ndjson'],
  ['sse', 'text/event-stream'],
  ['text', 'text/plain'],
] as const;

describe.each(STREAMS)('a %s reader', (_, accept) => {
  test('that never reads costs at most 64 KiB', async () => {
    const { ask } = await setUp(LONG);
    const { tcp } = await ask('', accept);
    const most = await mostWaiting(tcp);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(LIMIT_BYTES);
  });

  test('is dropped after the write stall, and counts as a reader no more', async () => {
    const { generations, ask } = await setUp(LONG, 200);
    const { tcp } = await ask('', accept);
    await vi.waitUntil(() => tcp.writableNeedDrain && generations.stats().readers === 1, PATIENCE);
    await vi.waitUntil(() => generations.stats().readers === 0, PATIENCE);
    await vi.waitUntil(() => tcp.destroyed, PATIENCE);
  });
});

test.each(STREAMS.slice(0, 2))(
  'a %s reader that was dropped and reads on gets whole events to the end',
  async (_, accept) => {
    const { generations, ask } = await setUp(LONG, 200);
    const { client } = await ask('', accept);
    await vi.waitUntil(() => generations.stats().readers === 1, PATIENCE);
    await vi.waitUntil(() => generations.stats().readers === 0, PATIENCE);
    let text = '';
    client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    client.resume();
    await vi.waitUntil(() => text.endsWith('\r\n0\r\n\r\n') || client.destroyed, PATIENCE);
    expect(text.slice(-30)).toMatch(/\}\n\n?\r\n0\r\n\r\n$/);
    expect(text).not.toContain('message_stop');
  },
);

test.each(STREAMS)('catching up takes few large writes: %s', async (_, accept) => {
  const { log, ask } = await setUp(LONG.slice(0, 5_000));
  const { client, tcp } = await ask('', accept);
  const writes: number[] = [];
  const write = tcp.write.bind(tcp) as (data: string | Uint8Array, ...rest: unknown[]) => boolean;
  tcp.write = (data: string | Uint8Array, ...rest: unknown[]) => (writes.push(data.length), write(data, ...rest));
  let size = 0;
  client.on('data', (chunk: Buffer) => (size += chunk.length));
  client.resume();
  await vi.waitUntil(() => writes.at(-1) === 5 || size > log.sizeBytes, PATIENCE);
  // 5 000 events of 280 bytes in batches of 48 KiB are 30; each may be a head, a text and an end.
  expect(writes.length).toBeGreaterThan(0);
  expect(writes.length).toBeLessThan(150);
});

test.each(STREAMS.slice(0, 2))('an event of 12 MB is bytes that all %s readers share', async (_, accept) => {
  const { ask } = await setUp(GIANT);
  const readers = await Promise.all(Array.from({ length: 12 }, () => ask('', accept).then(({ tcp }) => tcp)));
  const before = process.memoryUsage().arrayBuffers;
  for (const tcp of readers) await vi.waitUntil(() => tcp.writableNeedDrain, PATIENCE);
  // Twelve copies would be 144 MB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024);
});

test('a page of a poll is capped, and says that there is more', async () => {
  const { ask, log } = await setUp(LONG);
  const { client, tcp } = await ask('?after=' + log.id + '.0', 'application/json');
  let text = '';
  client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  client.resume();
  await vi.waitUntil(() => text.endsWith('}') && text.includes('"done":'), PATIENCE);
  expect(tcp.bytesWritten).toBeLessThan(LIMIT_BYTES);
  expect(text).toMatch(/"done":false,"nextPollMs":100\}$/);
});
