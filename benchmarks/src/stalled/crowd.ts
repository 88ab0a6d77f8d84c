import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Mode } from '@tokenwire/protocol';

import type { CrowdOrder, CrowdReport } from './crowd-process.js';

/** Modes in which a server writes by itself, so that a reader can fail to read. */
export const CROWD_MODES = ['chunked', 'sse', 'websocket'] as const satisfies readonly Mode[];
export type CrowdMode = (typeof CROWD_MODES)[number];

const ACCEPT = { chunked: 'application/x-ndjson', sse: 'text/event-stream' } as const;

/** Where it exists, those who never read are Python's, which can ask for segments as on a network. See crowd.py. */
const hasPython = spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0;

/** Tokens of an answer that is longer than what the kernel takes for a reader that never reads. */
export const LONG_TOKENS = hasPython ? 15_000 : 50_000;

export interface CrowdOptions extends Pick<CrowdOrder, 'count' | 'reads'> {
  /** Long polls wait for what comes after this seq. Default 0: they would be answered at once. */
  readonly after?: number;
}

/** Many readers of one generation, in a process of their own. */
export class Crowd {
  readonly #child: ChildProcess;
  #report: CrowdReport = { connected: 0, bytes: 0 };

  constructor(url: string, mode: CrowdMode | 'long-poll', id: string, options: CrowdOptions) {
    const { count, reads, after = 0 } = options;
    const { hostname: host, port } = new URL(url);
    const order = JSON.stringify({ host, port: Number(port), hello: helloOf(mode, id, after), count, reads });
    this.#child = !reads && hasPython ? this.#python(order) : this.#node(order);
  }

  get connected(): number {
    return this.#report.connected;
  }

  get bytes(): number {
    return this.#report.bytes;
  }

  async leave(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #node(order: string): ChildProcess {
    const child = fork(fileURLToPath(new URL('crowd-process.js', import.meta.url)), [order]);
    return child.on('message', (report: CrowdReport) => (this.#report = report));
  }

  #python(order: string): ChildProcess {
    const script = fileURLToPath(new URL('../../src/stalled/crowd.py', import.meta.url));
    const child = spawn('python3', [script, order], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => (this.#report = JSON.parse(line) as CrowdReport));
    return child;
  }
}

function helloOf(mode: CrowdMode | 'long-poll', id: string, after: number): string {
  const lines =
    mode === 'websocket'
      ? [
          `GET /generations?after=${id}.0 HTTP/1.1`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ]
      : mode === 'long-poll'
        ? [`GET /generations/${id}/events?after=${id}.${after}&wait=25 HTTP/1.1`, 'Accept: application/json']
        : [`GET /generations/${id}/events HTTP/1.1`, `Accept: ${ACCEPT[mode]}`];
  return [...lines, 'Host: localhost', '', ''].join('\r\n');
}
