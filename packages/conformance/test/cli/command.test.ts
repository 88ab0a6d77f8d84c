import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ReportDocument } from '../../src/cli/document.js';
import { startServer, type RunningServer } from '../../src/index.js';

// The command as people run it: the built one, in a process of its own.
const COMMAND = fileURLToPath(new URL('../../bin/tokenwire-conformance.js', import.meta.url));
const mainOf = (app: string): string => fileURLToPath(new URL(`../../../../apps/${app}/dist/main.js`, import.meta.url));

/** A few requirements of all kinds that are quick to ask. */
const FEW = 'events-in-order-each-once,resume-after-n,unknown-id,health,sse-blocks,upstream-answer,cursor-expired';

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  readonly interrupt: () => void;
  /** Standard output so far. */
  readonly out: () => string;
}

function begin(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, out, err }));
  return { ended, interrupt: () => child.kill('SIGINT'), out: () => out };
}

const command = (...args: readonly string[]): Promise<Ended> => begin(...args).ended;

describe('Against a server that keeps the protocol', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(mainOf('server-sse'));
  });
  afterAll(async () => void (await server.stop()));

  it('everything passes, and what cannot be asked is said', async () => {
    const { status, out, err } = await command(server.url, '--mode', 'sse', '--only', FEW);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/ ✓ Events arrive in order/);
    expect(out).toMatch(/1 not asked: needs to start a server of this kind/);
    expect(out).toMatch(/5 passed, 0 failed, 2 not asked, [\d.]+ s\n$/);
    expect(out).not.toContain('\u001B');
  });

  it('--json is one document', async () => {
    const { status, out, err } = await command(server.url, '--mode', 'sse', '--only', FEW, '--json');
    const document = JSON.parse(out) as ReportDocument;
    expect([status, err]).toEqual([0, '']);
    expect(document).toMatchObject({ version: 1, url: server.url, mode: 'sse', node: process.version });
    expect(document.totals).toEqual({ passed: 5, failed: 0, notAsked: 2 });
    expect(document.requirements.map(({ id }) => id).sort()).toEqual(FEW.split(',').sort());
    for (const { status, reason, durationMs, title, source, group } of document.requirements) {
      expect(reason === undefined).toBe(status !== 'not-asked');
      expect(durationMs > 0).toBe(status !== 'not-asked');
      for (const text of [title, source, group]) expect(text.length).toBeGreaterThan(4);
    }
  });

  it('in another mode than its own, it fails and says what was seen', async () => {
    const { status, out } = await command(server.url, '--mode', 'chunked', '--only', 'ndjson-lines', '--bail');
    expect(status).toBe(1);
    expect(out).toMatch(/✗ A chunked answer is NDJSON[^]*seen {4}\S[^]*matters A line is the whole contract/);
    expect(out).toMatch(/0 passed, 1 failed, 0 not asked/);
  });
});

describe('With --launch', () => {
  const launch = (app: string): string => `"${process.execPath}" "${mainOf(app)}" --port 0`;

  it('the command starts the server itself, and others with options and an upstream', async () => {
    const { status, out } = await command(
      ...['--launch', launch('server-sse'), '--upstream', '--mode', 'sse', '--only', FEW, '--json'],
    );
    const { totals, requirements } = JSON.parse(out) as ReportDocument;
    expect([status, totals]).toEqual([0, { passed: 7, failed: 0, notAsked: 0 }]);
    expect(requirements.every((one) => one.status === 'passed')).toBe(true);
  });

  it('a server of all modes is asked in each', async () => {
    const only = 'switch-transport-in-mid-answer,health';
    const { status, out } = await command('--launch', launch('playground'), '--mode', 'all', '--only', only);
    expect(status).toBe(0);
    for (const mode of ['chunked', 'sse', 'websocket', 'long-poll', 'short-poll'])
      expect(out).toContain(`Combined server · ${mode}`);
    expect(out).toMatch(/10 passed, 0 failed, 0 not asked/);
  });

  it('Ctrl-C ends the run with a report, and leaves no server behind', async () => {
    const running = begin('--launch', launch('server-chunked'), '--mode', 'chunked');
    await expect.poll(running.out, { timeout: 30_000 }).toMatch(/✓/);
    const url = /http:\S+/.exec(running.out())?.[0] ?? '';
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    running.interrupt();
    const { status, out } = await running.ended;
    expect(status).toBe(130);
    expect(out).toMatch(/– \d+ not asked: interrupted\n[^]*[1-9]\d* passed, 0 failed, \d+ not asked/);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it.each([
    ['a command that does not exist', 'no-such-program-here', /ENOENT/],
    ['a command that ends', `"${process.execPath}" -e process.exit(3)`, /ended with status 3/],
    ['one that says something else', `"${process.execPath}" -p 1`, /not "listening URL" but: 1/],
  ])('%s is an answer of its own', async (_, program, message) => {
    const { status, err } = await command('--launch', program, '--mode', 'sse');
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('Against something else', () => {
  const open: Server[] = [];
  const sockets = new Set<Socket>();
  afterAll(() => {
    for (const server of open) server.close();
    for (const socket of sockets) socket.destroy();
  });

  async function urlOf(server: Server): Promise<string> {
    open.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('a server of other things is told apart at once', async () => {
    const url = await urlOf(createHttpServer((_, res) => void res.writeHead(404).end('Not here.')));
    const { status, out, err } = await command(url, '--mode', 'sse');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/not as a tokenwire server[^]*answered with 404 "Not here\."[^]*docs\/protocol\.md/);
    const only = await command(url, '--mode', 'websocket', '--only', 'health,socket-handshake');
    expect(only.status).toBe(1);
    expect(only.out).toMatch(/0 passed, 2 failed/);
  });

  it('nothing at all is said to be nothing', async () => {
    const url = await urlOf(createServer());
    await new Promise((resolve) => open.pop()?.close(resolve));
    const { status, err } = await command(url, '--mode', 'sse');
    expect(status).toBe(2);
    expect(err).toMatch(/No server answers at .*ECONNREFUSED/);
    const { out, status: jsonStatus } = await command(url, '--mode', 'sse', '--json');
    const document = JSON.parse(out) as ReportDocument;
    expect([jsonStatus, document.requirements]).toEqual([2, []]);
    expect(document.error).toMatch(/ECONNREFUSED/);
  });

  it('a server that accepts and says nothing does not hang the command', async () => {
    const url = await urlOf(createServer());
    const { status, err } = await command(url, '--mode', 'long-poll', '--timeout', '1000');
    expect(status).toBe(2);
    expect(err).toMatch(/not within 1000 ms/);
  });

  it('a server that speaks nonsense after the handshake fails, and does not end the command', async () => {
    const url = await urlOf(createServer((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    const { status, out } = await command(url, '--mode', 'chunked', '--only', 'health,ndjson-lines');
    expect(status).toBe(1);
    expect(out).toMatch(/0 passed, 2 failed/);
  });
});

describe('Without a server', () => {
  it('--explain says what, why, from where and whom', async () => {
    const { status, out } = await command('--explain', 'sse-204-after-the-end');
    expect(status).toBe(0);
    expect(out).toMatch(/^A reconnect whose cursor is the terminal event gets 204/);
    expect(out).toMatch(/^why {7}EventSource comes back/m);
    expect(out).toMatch(/^source {4}docs\/protocol\.md#modes$/m);
    expect(out).toMatch(/^not for {3}chunked, websocket, long-poll, short-poll: /m);
    expect((await command('--explain', 'cursor-expired')).out).toMatch(/^needs {5}to start a server.*--launch/m);
  });

  it('--list and --help print, and a mistake is told with the usage', async () => {
    expect(await command('--list')).toMatchObject({ status: 0, err: '' });
    expect((await command('--help')).out).toContain('--explain');
    const { status, out, err } = await command('--mode', 'sse');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^Say which server/);
  });
});
