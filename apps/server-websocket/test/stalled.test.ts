import type { Socket } from 'node:net';

import { afterEach, expect, test, vi } from 'vitest';

import { PATIENCE, saying, startRig, type Client, type Message } from './support.js';

let rig: Awaited<ReturnType<typeof startRig>>;
afterEach(() => rig.close());

/** Longer than what the kernel buffers between two sockets of one machine. */
const LONG = saying(Array.from({ length: 40_000 }, (_, index) => ({ type: 'text', text: `${index} `.padEnd(200) })));
const LIMIT_BYTES = 64 * 1024;
const generate = (ref: number) => ({ type: 'generate', ref, request: { prompt: 'x', onDisconnect: 'continue' } });

async function stalled(client: Client): Promise<Socket> {
  await client.ready();
  client.socket.pause();
  return rig.sockets.at(-1) ?? expect.fail();
}

const full = (tcp: Socket) => vi.waitUntil(() => tcp.writableNeedDrain, PATIENCE);

test('twenty answers on a socket that is never read cost 64 KiB together, and close it with 4008', async () => {
  rig = await startRig({ source: LONG, writeStallMs: 300 });
  const client = rig.open();
  const tcp = await stalled(client);
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, tcp.writableLength)), 1);
  for (let ref = 1; ref <= 20; ref += 1) client.say(generate(ref));
  await full(tcp);
  await vi.waitUntil(() => rig.generations.stats().readers === 0, PATIENCE);
  clearInterval(watch);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(LIMIT_BYTES);
  client.socket.resume();
  expect((await client.closed).code).toBe(4008);
  expect(rig.generations.stats().readers).toBe(0);
});

test('a reader that was slow has each event once, in order', async () => {
  rig = await startRig({ source: LONG });
  const client = rig.open();
  const tcp = await stalled(client);
  client.say(generate(1));
  await full(tcp);
  client.socket.resume();
  const isLast = (message: Message) => (message['event'] as { type?: string })?.type === 'message_stop';
  await vi.waitUntil(() => client.heard.some(isLast), PATIENCE);
  const seqs = client.heard.flatMap(({ event }) => (event as { seq?: number })?.seq ?? []);
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1));
});

test('who asks without end and reads nothing is closed, and its answers do not pile up', async () => {
  rig = await startRig({ source: saying([{ type: 'text', text: 'x' }]) });
  const client = rig.open();
  await client.ready();
  client.say(generate(1));
  const { generation } = await client.hear((message) => message['generation'] !== undefined);
  const tcp = await stalled(client);
  let most = 0;
  const stop = JSON.stringify({ type: 'stop', id: generation });
  // Until the close has taken its time: without a limit the answers would be many times as long by then.
  while (!tcp.destroyed) {
    for (let n = 0; n < 1_000; n += 1) client.socket.send(stop);
    await new Promise((resolve) => setTimeout(resolve, 1));
    most = Math.max(most, tcp.writableLength);
  }
  expect(most).toBeGreaterThan(LIMIT_BYTES / 2);
  expect(most).toBeLessThan(LIMIT_BYTES + 1_000);
});

test('a flood of pings is closed with 1008', async () => {
  rig = await startRig();
  const client = await rig.open().ready();
  for (let n = 0; n < 1_000; n += 1) client.socket.ping();
  expect((await client.closed).code).toBe(1008);
});

test('a message in very many frames is closed with 1008', async () => {
  rig = await startRig();
  const client = await rig.open().ready();
  for (let n = 0; n < 5_000; n += 1) client.socket.send('x', { fin: false });
  expect((await client.closed).code).toBe(1008);
});

test('a ping is answered', async () => {
  rig = await startRig();
  const client = await rig.open().ready();
  const pong = new Promise((resolve) => client.socket.once('pong', (data: Buffer) => resolve(data.toString())));
  client.socket.ping('hello');
  expect(await pong).toBe('hello');
});

test('a connection that is full is not pinged', async () => {
  rig = await startRig({ source: LONG, heartbeatMs: 10 });
  const client = rig.open();
  const tcp = await stalled(client);
  client.say(generate(1));
  await full(tcp);
  const waiting = tcp.writableLength;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(tcp.writableLength).toBe(waiting);
  expect(tcp.destroyed).toBe(false);
});

test('an event of a megabyte waits as bytes that all readers share', async () => {
  rig = await startRig({ source: saying([{ type: 'text', text: 'é'.repeat(500_000) }]) });
  const client = await rig.open().ready();
  client.say(generate(1));
  const { event } = await client.hear(({ event }) => (event as { type?: string })?.type === 'content_block_delta');
  expect((event as { delta: { text: string } }).delta.text).toBe('é'.repeat(500_000));
});
