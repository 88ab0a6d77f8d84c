import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { afterEach, expect, test, vi } from 'vitest';

import { mainOf, startServer, type ServerName } from '../scripts/servers.mjs';

// What a server does when there is too much, and when it must end.

const PATIENCE = { interval: 20, timeout: 30_000 };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function start(name: ServerName, ...args: string[]) {
  const server = await startServer(name, ['--port', '0', ...args]);
  closers.push(() => server.child.kill('SIGKILL'));
  return { ...server, exited: once(server.child, 'exit') };
}

const HEADERS = { 'Content-Type': 'application/json' };
const post = (url: string, body: object, accept = 'application/json') =>
  fetch(`${url}/generations`, { method: 'POST', body: JSON.stringify(body), headers: { ...HEADERS, Accept: accept } });

const ENDLESS = { prompt: 'x', model: 'sim', maxTokens: 100_000, cadence: 'instant', onDisconnect: 'continue' };
const STALL = { prompt: 'x', model: 'sim/stall', maxTokens: 10, cadence: 'instant', onDisconnect: 'continue' };

/** A connection that asks for something and never reads. */
function askAndIgnore(url: string, request: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  closers.push(() => socket.destroy());
  socket.pause();
  socket.write(request);
  return socket;
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

test('a reader that never reads does not keep a server from ending, with status 0', async () => {
  const { url, child, exited } = await start('sse', '--drain-ms', '100');
  const { id } = (await (await post(url, ENDLESS)).json()) as { id: string };
  askAndIgnore(url, `GET /generations/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await vi.waitUntil(async () => (await metric(url, 'tokenwire_readers')) === 1, PATIENCE);
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
});

test('a second signal ends a server at once, with status 0', async () => {
  const { url, child, exited } = await start('sse', '--drain-ms', '3600000');
  await post(url, STALL);
  child.kill('SIGTERM');
  await vi.waitUntil(async () => (await fetch(`${url}/readyz`)).status === 503, PATIENCE);
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
});

test('a parked poll is answered at once when the server begins to end', async () => {
  const { url, child, exited } = await start('polling', '--drain-ms', '3600000');
  const { id } = (await (await post(url, STALL)).json()) as { id: string };
  await vi.waitUntil(
    async () => ((await (await fetch(`${url}/generations/${id}`)).json()) as { cursor: string }).cursor.endsWith('.7'),
    PATIENCE,
  );
  const parked = fetch(`${url}/generations/${id}/events?after=${id}.7&wait=25`);
  await vi.waitUntil(async () => (await metric(url, 'tokenwire_readers')) === 1, PATIENCE);
  child.kill('SIGTERM');
  expect(await (await parked).json()).toEqual({ events: [], cursor: `${id}.7`, done: false });
  child.kill('SIGTERM');
  await exited;
});

test('streams beyond the rate get 503 with Retry-After; asked again in time, all are served', async () => {
  const { url } = await start('sse', '--streams-burst', '5', '--streams-per-second', '20');
  const { id } = (await (await post(url, { ...ENDLESS, maxTokens: 3 })).json()) as { id: string };
  let refusals = 0;
  const read = async (): Promise<string> => {
    for (;;) {
      const answer = await fetch(`${url}/generations/${id}/events`);
      if (answer.status === 200) return await answer.text();
      refusals += 1;
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await answer.json()).toMatchObject({ error: { code: 'overloaded', retryable: true } });
      // As a client would, but quicker.
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
    }
  };
  const answers = await Promise.all(Array.from({ length: 40 }, read));
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain('message_stop');
  expect(refusals).toBeGreaterThan(0);
});

test('a socket beyond the rate is closed with 1013', async () => {
  const { url } = await start('websocket', '--streams-burst', '1', '--streams-per-second', '1');
  const { WebSocket } = await import('ws');
  const open = () => new WebSocket(`${url.replace('http', 'ws')}/generations`, 'tokenwire.v1');
  const sockets = [open(), open(), open()];
  closers.push(() => sockets.forEach((socket) => socket.terminate()));
  const codes: number[] = [];
  for (const socket of sockets) socket.on('close', (code) => codes.push(code));
  await vi.waitUntil(() => codes.length >= 1, PATIENCE);
  expect(new Set(codes)).toEqual(new Set([1013]));
});

test('beyond the limit of connections requests are refused, but health is told', async () => {
  const { url } = await start('sse', '--max-connections', '2');
  for (let n = 0; n < 3; n += 1) askAndIgnore(url, 'GET /heal');
  // Whether the connections have been accepted is seen by what they cause.
  await vi.waitUntil(async () => {
    const { status, headers } = await fetch(`${url}/generations/x`, { headers: { Connection: 'close' } });
    return status === 503 && headers.get('retry-after') === '1';
  }, PATIENCE);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('ten thousand requests sent on one connection and never read leave the server as it was', async () => {
  const { url } = await start('polling');
  const { id } = (await (await post(url, STALL)).json()) as { id: string };
  await vi.waitUntil(
    async () => ((await (await fetch(`${url}/generations/${id}`)).json()) as { cursor: string }).cursor.endsWith('.7'),
    PATIENCE,
  );
  const before = await metric(url, 'process_resident_memory_bytes');
  const request = `GET /generations/${id}/events?after=${id}.7&wait=25 HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const socket = askAndIgnore(url, request.repeat(10_000));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  await closed;
  await vi.waitUntil(async () => (await metric(url, 'tokenwire_readers')) === 0, PATIENCE);
  expect((await metric(url, 'process_resident_memory_bytes')) - before).toBeLessThan(64 * 1024 * 1024);
});

test('the first line of the log says what was configured, and no secret', async () => {
  const child = spawn(process.execPath, [mainOf('sse'), '--port', '0'], {
    env: {
      ...process.env,
      TOKENWIRE_USERS: 'ada:ada-token-0123456789,bob:bob-token-0123456789',
      TOKENWIRE_MAX_RUNNING: '7',
    },
  });
  closers.push(() => child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await vi.waitUntil(() => log.includes('\n'), PATIENCE);
  expect(JSON.parse(log)).toMatchObject({
    event: 'boot',
    users: 2,
    maxRunning: 7,
    maxConnections: 4096,
    streamsBurst: 500,
  });
  expect(log).not.toContain('token-0');
});
