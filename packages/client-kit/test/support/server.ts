import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect, createServer as createTcpServer } from 'node:net';
import { type StreamEvent, parseCursor } from '@tokenwire/protocol';
import { ID } from './answer.js';

export interface Seen {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly at: number;
  /** Resolves when the answer is over: ended by the handler, or its connection closed by the client. */
  readonly over: Promise<unknown>;
}

export type Handler = (seen: Seen, res: ServerResponse, n: number) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly seen: Seen[];
  readonly http: Server;
  /** Connections that are open now. */
  readonly sockets: Set<Socket>;
  /** Resolves when the `n`-th request (from 1) has arrived. */
  arrived(n: number): Promise<Seen>;
  close(): Promise<void>;
}

/** A server that does what a test tells it, request by request (`n` counts from 1). */
export async function scripted(handler: Handler): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const waiting = new Map<number, (seen: Seen) => void>();
  const http = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const url = new URL(req.url ?? '/', 'http://localhost');
      const one: Seen = {
        method: req.method ?? '',
        url: req.url ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: req.headers,
        body: Buffer.concat(chunks).toString(),
        at: performance.now(),
        over: once(res, 'close'),
      };
      seen.push(one);
      waiting.get(seen.length)?.(one);
      handler(one, res, seen.length);
    });
  });
  const sockets = track(http);
  const url = await listen(http);
  return {
    url,
    seen,
    http,
    sockets,
    arrived: (n) => {
      const there = seen[n - 1];
      return there ? Promise.resolve(there) : new Promise((resolve) => waiting.set(n, resolve));
    },
    close: () => shut(http, sockets),
  };
}

export function track(server: Server | ReturnType<typeof createTcpServer>): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  return sockets;
}

export async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function shut(
  server: Server | ReturnType<typeof createTcpServer>,
  sockets: ReadonlySet<Socket>,
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
}

export const frames = {
  chunked: (event: StreamEvent) => `${JSON.stringify(event)}\n`,
  sse: (event: StreamEvent) => `id: ${ID}.${event.seq}\ndata: ${JSON.stringify(event)}\n\n`,
};

const TYPES = { chunked: 'application/x-ndjson', sse: 'text/event-stream' };

/** Where the request wants to begin. */
export function seqOf(seen: Seen): number {
  const cursor = seen.query.get('after') ?? seen.headers['last-event-id'];
  return typeof cursor === 'string' ? parseCursor(cursor).seq : 0;
}

export function head(res: ServerResponse, mode: keyof typeof TYPES): ServerResponse {
  res.writeHead(200, { 'content-type': TYPES[mode], 'tokenwire-generation': ID });
  res.flushHeaders();
  return res;
}

/** A correct server for one finished answer. */
export function honest(mode: keyof typeof TYPES | 'polling', events: readonly StreamEvent[], pageSize = 4): Handler {
  const last = events.at(-1)?.seq ?? 0;
  return (seen, res) => {
    if (seen.path.endsWith('/stop')) return json(res, 200, receipt(last));
    if (seen.method === 'GET' && !seen.path.endsWith('/events')) return json(res, 200, snapshot(last));
    const seq = seqOf(seen);
    if (mode !== 'polling') {
      if (mode === 'sse' && seq === last) return void res.writeHead(204).end();
      head(res, mode);
      for (const event of events.slice(seq)) res.write(frames[mode](event));
      return void res.end();
    }
    if (seen.method === 'POST') return json(res, 201, { id: ID, cursor: `${ID}.0` });
    const page = events.slice(seq, seq + pageSize);
    const at = page.at(-1)?.seq ?? seq;
    json(res, 200, { events: page, cursor: `${ID}.${at}`, done: at === last, nextPollMs: 1 });
  };
}

export function json(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export const receipt = (lastSeq: number) => ({
  id: ID,
  status: 'cancelled',
  alreadyDone: false,
  lastSeq,
  upstreamClosedMs: 1,
  tokensAfterStop: 0,
});

export const snapshot = (seq: number, status = 'completed') => ({
  id: ID,
  status,
  cursor: `${ID}.${seq}`,
  text: '',
  usage: null,
  stopReason: null,
});

export interface Proxy {
  readonly url: string;
  /** Bytes that went to the client over the first connection. */
  readonly passed: number;
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/**
 * A TCP proxy. The first connection is cut after `cutAfter` bytes to the client, with FIN or RST; the others are not.
 * With `segment`, bytes go to the client in pieces of that size.
 */
export async function proxy(
  target: string,
  { cutAfter = Infinity, reset = false, segment = Infinity } = {},
): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  let connections = 0;
  let passed = 0;
  const server = createTcpServer({ noDelay: true }, (client) => {
    const first = (connections += 1) === 1;
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    const drop = (): void => {
      upstream.destroy();
      if (reset) client.resetAndDestroy();
      else client.end();
    };
    if (first && cutAfter === 0) return drop();
    client.pipe(upstream);
    upstream.on('error', () => client.destroy()).on('end', () => client.end());
    client.on('close', () => upstream.destroy());
    upstream.on('data', (bytes: Buffer) => {
      const left = first ? cutAfter - passed : Infinity;
      const part = bytes.subarray(0, Math.min(bytes.length, left));
      if (first) passed += part.length;
      for (let i = 0; i < part.length; i += segment) client.write(part.subarray(i, Math.min(part.length, i + segment)));
      if (first && passed >= cutAfter) drop();
    });
  });
  const sockets = track(server);
  const url = await listen(server);
  return {
    url,
    sockets,
    get passed() {
      return passed;
    },
    close: () => shut(server, sockets),
  };
}
