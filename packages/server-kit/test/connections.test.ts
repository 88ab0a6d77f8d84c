import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { VirtualClock } from '@tokenwire/protocol/testing';
import { afterEach, expect, test, vi } from 'vitest';

import { Connections } from '../src/index.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const PATIENCE = { interval: 5, timeout: 30_000 };

async function setUp(listener: RequestListener, max = 100) {
  const clock = new VirtualClock();
  const server = createServer();
  const connections = new Connections(server, { clock, max, writeStallMs: 1_000 });
  server.on('request', (req, res) => void (connections.admit(req, res) && listener(req, res)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => (server.closeAllConnections(), server.close()));
  const open = (): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    closers.push(() => socket.destroy());
    return socket;
  };
  return { clock, connections, open };
}

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

test('ten thousand requests on one connection, held and unread: few are taken, and the connection is cut', async () => {
  let taken = 0;
  const { connections, open } = await setUp(() => (taken += 1));
  const socket = open();
  socket.pause();
  socket.write(GET.repeat(10_000));
  await vi.waitUntil(() => taken > 0 && connections.size === 0, PATIENCE);
  expect(taken).toBe(16);
});

test('ten thousand requests that are answered one after the other are none too many', async () => {
  const { open } = await setUp((_req, res) => void res.end('ok'));
  const socket = open();
  let answers = 0;
  socket.setEncoding('utf8').on('data', (text: string) => {
    answers += text.split('HTTP/1.1 200').length - 1;
    socket.write(GET);
  });
  socket.write(GET);
  await vi.waitUntil(() => answers > 200, PATIENCE);
});

test('a connection that takes nothing of a long answer is cut; one that only waits is not', async () => {
  const { clock, connections, open } = await setUp((req, res) => {
    if (req.url === '/') res.end(Buffer.alloc(64 * 1024 * 1024));
  });
  const idle = open();
  idle.write(GET.replace('/ ', '/held '));
  const stuck = open();
  stuck.pause();
  stuck.write(GET);
  await vi.waitUntil(() => connections.size === 2, PATIENCE);
  // The kernel takes its part first; from then on nothing moves.
  await vi.waitUntil(async () => (await clock.advance(1_000), connections.size === 1), PATIENCE);
  await clock.advance(10_000);
  expect([connections.size, idle.destroyed]).toEqual([1, false]);
});

test('a reader that takes a long answer slowly is not cut', async () => {
  const { clock, open } = await setUp((_req, res) => void res.end(Buffer.alloc(64 * 1024 * 1024)));
  const socket = open();
  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.length));
  socket.write(GET);
  await vi.waitUntil(() => received > 0, PATIENCE);
  for (let turn = 0; turn < 8; turn += 1) {
    socket.pause();
    await clock.advance(1_000);
    const before = received;
    socket.resume();
    // More than the kernel's buffers, so that the server writes again.
    await vi.waitUntil(() => received > Math.min(before + 7 * 1024 * 1024, 64 * 1024 * 1024), PATIENCE);
  }
  expect(received).toBeGreaterThan(50 * 1024 * 1024);
});

test('beyond the limit it is full, until one leaves; and no timer is left when all have gone', async () => {
  const { clock, connections, open } = await setUp(() => {}, 1);
  const [first, second] = [open(), open()];
  await vi.waitUntil(() => connections.full, PATIENCE);
  second.destroy();
  await vi.waitUntil(() => !connections.full, PATIENCE);
  first.destroy();
  await vi.waitUntil(() => connections.size === 0, PATIENCE);
  await clock.advance(2_000);
  expect(clock.pending).toBe(0);
});
