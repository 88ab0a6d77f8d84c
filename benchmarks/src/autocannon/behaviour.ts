/** What autocannon does that its figures do not say: each function asks it one question on a local endpoint. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import autocannon, { type Options, type Result } from 'autocannon';

/** What one run of autocannon has brought. */
export interface Seen {
  readonly result: Result;
  /** Milliseconds of each response, as its `response` events have them. */
  readonly eventsMs: readonly number[];
}

/** Answers after `?ms=`, or streams a line every 50 ms for `?stream=` milliseconds. */
export class Endpoint {
  readonly #server = createServer((req, res) => {
    const query = new URL(req.url ?? '/', 'http://localhost').searchParams;
    const streamMs = Number(query.get('stream'));
    if (streamMs > 0) stream(res, streamMs);
    else setTimeout(() => res.end('x'), Number(query.get('ms')));
  });

  static async open(): Promise<Endpoint> {
    const endpoint = new Endpoint();
    await new Promise<void>((resolve) => void endpoint.#server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Shoots at it over one connection. */
  async shoot(query: string, options: Omit<Options, 'url' | 'connections'>): Promise<Seen> {
    const run = autocannon({ url: `${this.url}/?${query}`, connections: 1, sampleInt: 100, ...options });
    const eventsMs: number[] = [];
    run.on('response', (_client: unknown, _status: number, _bytes: number, ms: number) => eventsMs.push(ms));
    return { result: await run, eventsMs };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function stream(res: ServerResponse, forMs: number): void {
  const endMs = performance.now() + forMs;
  const timer = setInterval(() => {
    res.write('token\n');
    if (performance.now() < endMs) return;
    clearInterval(timer);
    res.end();
  }, 50);
  res.once('close', () => clearInterval(timer));
}
