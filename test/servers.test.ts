import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { SERVERS, startServer } from '../scripts/servers.mjs';
import { tryLines } from '../scripts/try-lines.mjs';

const sh = promisify(execFile);

type Running = Awaited<ReturnType<typeof startServer>>;
const running: Partial<Record<string, Running>> = {};
const portOf = (name: string): number => Number(new URL(running[name]?.url ?? '').port);

beforeAll(async () => {
  for (const name of Object.keys(SERVERS) as (keyof typeof SERVERS)[])
    running[name] = await startServer(name, ['--port', '0']);
});

afterAll(() => {
  for (const server of Object.values(running)) server?.child.kill('SIGKILL');
});

test('every server says first where it listens, and that is loopback', () => {
  for (const server of Object.values(running)) expect(server?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

const lines = () =>
  tryLines({
    chunked: portOf('chunked'),
    sse: portOf('sse'),
    websocket: portOf('websocket'),
    polling: portOf('polling'),
  });

/** What each line must print: the answer itself, in the framing of its mode. */
const PRINTS: Record<keyof ReturnType<typeof tryLines>, RegExp> = {
  chunked: /^\S.{80,}/s,
  sse: /^id: gen_\w+\.1\ndata: \{"seq":1,"type":"message_start".*"type":"message_stop"\}\n\n$/s,
  websocket: /"ref":0,"event":\{"seq":1,.*"type":"message_stop"\}/s,
  'long-poll': /^\{"events":\[\{"seq":1,"type":"message_start".*"done":(true|false)\}$/s,
  'short-poll': /^\{"events":\[\{"seq":1,"type":"message_start".*"nextPollMs":\d+\}$/s,
  batch: /^\{"id":"gen_\w+","status":"completed",.*"text":"[^"]{40}/s,
};

test.skipIf(process.platform === 'win32').each(Object.entries(PRINTS))(
  'the line that npm start prints for %s works when pasted',
  async (mode, prints) => {
    const { stdout } = await sh('sh', ['-c', lines()[mode as keyof typeof PRINTS]], { maxBuffer: 10_000_000 });
    expect(stdout).toMatch(prints);
  },
);

test('a port in use is named, and the status is 1', async () => {
  const port = String(portOf('sse'));
  await expect(startServer('sse', ['--port', port])).rejects.toThrow(`port ${port} is in use`);
});

test.each([['--port', 'x'], ['--port', '65536'], ['--heartbeat-ms', '0'], ['--nonsense'], ['stray']])(
  'an impossible option (%s %s) is refused with status 2',
  async (...options) => {
    await expect(startServer('sse', options)).rejects.toThrow(/status 2/);
  },
);

test('SIGTERM ends every idle server with status 0', async () => {
  for (const server of Object.values(running)) {
    const ended = once(server!.child, 'exit');
    server!.child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  }
});

test('SIGTERM lets a running answer finish, and refuses new ones meanwhile', async () => {
  const { child, url } = await startServer('chunked', ['--port', '0']);
  const body = JSON.stringify({
    prompt: 'x',
    model: 'sim',
    maxTokens: 40,
    cadence: { ttftMs: 0, tokensPerSecond: 40 },
  });
  const start = () =>
    fetch(`${url}/generations`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  const answer = await start();
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
  const refused = await start();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await answer.text()).toMatch(/"type":"message_stop"\}\n$/);
  expect((await ended)[0]).toBe(0);
});

test('at the drain deadline a running answer is cancelled by shutdown, and the status is still 0', async () => {
  const { child, url } = await startServer('chunked', ['--port', '0', '--drain-ms', '50']);
  const body = JSON.stringify({ prompt: 'x', model: 'sim/stall', maxTokens: 10, cadence: 'fast' });
  const answer = await fetch(`${url}/generations`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json' },
  });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await answer.text()).toMatch(/"type":"cancelled","by":"shutdown"\}\n$/);
  expect((await ended)[0]).toBe(0);
});

test('a server ends with the process that started it, also when that is killed', async () => {
  const script = `
    import { startServer } from ${JSON.stringify(new URL('../scripts/servers.mjs', import.meta.url).href)};
    console.log((await startServer('sse', ['--port', '0'])).url);`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: starter.stdout }), 'line')) as [string];
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  starter.kill('SIGKILL');
  const refused = () =>
    fetch(`${url}/healthz`).then(
      () => false,
      () => true,
    );
  await expect.poll(refused, { timeout: 20_000 }).toBe(true);
});
