import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { eventually, startServer } from '@tokenwire/conformance';
import { expect, test } from 'vitest';

import { startPlayground } from '../../src/index.js';
import { dial, Page } from './support.js';

const MAIN = fileURLToPath(new URL('../../dist/host/main.js', import.meta.url));

/** An answer that would go on for an hour. */
const LONG = '/stream?prompt=x&model=sim&maxTokens=100000&cadence=slow';

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

async function startHost(): Promise<{ readonly host: ChildProcess; readonly url: string }> {
  const host = spawn(process.execPath, [MAIN, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: host.stdout }), 'line')) as [string];
  return { host, url: line.replace('listening ', '') };
}

test('a signal ends the playground at once, with status 0, also while an answer runs', async () => {
  const host = await startServer(MAIN);
  const reader = dial(host.url);
  reader.socket.write(`GET ${LONG} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await reader.hears('200 OK');
  expect(await host.stop()).toBe(0);
  await reader.ends();
});

test.skipIf(process.platform !== 'linux')('a playground that is killed leaves no server behind', async () => {
  const { host } = await startHost();
  const children = readFileSync(`/proc/${host.pid}/task/${host.pid}/children`, 'utf8').trim().split(' ').map(Number);
  expect(children.length).toBe(1);
  host.kill('SIGKILL');
  await eventually('the server has ended too', () => children.every(isGone));
});

test('a port in use is one clear message, and the status is 1', async () => {
  const playground = await startPlayground();
  const { port } = new URL(playground.url);
  await expect(startPlayground({ port: Number(port) })).rejects.toThrow('EADDRINUSE');
  const second = spawn(process.execPath, [MAIN, '--port', port], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  second.stderr.on('data', (text: Buffer) => (said += text.toString()));
  expect((await once(second, 'close'))[0]).toBe(1);
  expect(said).toBe(`cannot listen: port ${port} is in use; choose another with --port N\n`);
  await playground.close();
});

test('an impossible option is refused with status 2, and one of the server behind with its own words', async () => {
  const second = spawn(process.execPath, [MAIN, '--port', '70000'], { stdio: 'ignore' });
  expect((await once(second, 'close'))[0]).toBe(2);
  await expect(startPlayground({ backendArgs: ['--heartbeat-ms', 'x'] })).rejects.toThrow('heartbeat-ms');
});

test('closing leaves no socket, no server and no timer', async () => {
  const kinds = (): string[] =>
    process.getActiveResourcesInfo().filter((kind) => /TCP|Process|Pipe|Timeout/.test(kind));
  const before = kinds().length;
  const playground = await startPlayground();
  const page = await Page.open(playground.url);
  await page.lane(playground.url, 'one', { tap: true });
  const readers = ['', '&lane=nobody'].map((more) => {
    const reader = dial(playground.url);
    reader.socket.write(`GET ${LONG}${more} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return reader;
  });
  await readers[0]!.hears('200 OK');
  await readers[1]!.hears('404 Not Found');
  const silent = dial(playground.url);
  await once(silent.socket, 'connect');
  await playground.close();
  for (const { socket } of [...readers, silent]) socket.destroy();
  page.close();
  await eventually('nothing more than before is left', () => kinds().length <= before);
});
