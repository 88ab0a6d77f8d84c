import { once } from 'node:events';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { examine, type Diagnosis, type Examination, type Problem } from '../src/index.js';

export interface Running {
  readonly url: string;
  readonly server: Server;
  readonly close: () => void;
}

/** An HTTP server on a free port of loopback. */
export async function serve(listener: RequestListener): Promise<Running> {
  const server = createServer({ noDelay: true }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/feed`, server, close };
}

/** A TCP server that says what it likes. */
export async function serveBytes(greet: (socket: Socket) => void): Promise<{ url: string; close: () => void }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    greet(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`, close };
}

/** Headers of a stream that asks every hop to leave it alone. */
export const GOOD_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

/** One event of SSE, of about a hundred bytes. */
export function event(i: number): string {
  return `data: {"i":${i},"text":"${'word '.repeat(16)}"}\n\n`;
}

/** Says `count` events, one every `gapMs`, as long as anybody listens. */
export async function everyGap(count: number, gapMs: number, say: (text: string) => void): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    if (i > 0) await sleep(gapMs);
    say(event(i));
  }
}

/** So often a busy computer is asked again. */
const ROUNDS = 5;

/** Examines a URL; again where the doctor says that the computer had no time for a judgement. */
export async function diagnose(url: string, more: Partial<Examination> = {}): Promise<Diagnosis> {
  const examination = { url: new URL(url), headers: {}, idleMs: 0, limitMs: 15_000, insecure: false, ...more };
  for (let round = 1; ; round += 1) {
    const diagnosis = await examine(examination, new AbortController().signal, () => {});
    const busy = diagnosis.findings.some(({ evidence }) => evidence.some((line) => line.includes('has no time')));
    if (!busy || round === ROUNDS) return diagnosis;
  }
}

/** The problems that were found, in the order of the report's own list. */
export function problemsIn({ findings }: Diagnosis): readonly Problem[] {
  return [...new Set(findings.map(({ problem }) => problem))].sort();
}

/** An HTTP proxy that gathers answers and passes them on when they have ended, however they have. */
export async function holdingProxy(target: string): Promise<Running> {
  const { hostname, port } = new URL(target);
  const running = await serve((req, res) => {
    const { upgrade: _upgrade, connection: _connection, ...headers } = req.headers;
    const upstream = request({ hostname, port, method: req.method, path: req.url, headers }, (answer) => {
      const held: Buffer[] = [];
      answer.on('data', (bytes: Buffer) => held.push(bytes));
      answer.on('error', () => {});
      answer.on('close', () => res.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(held)));
    });
    upstream.on('error', () => res.destroy());
    req.pipe(upstream);
  });
  return { ...running, url: new URL('/', running.url).href };
}
