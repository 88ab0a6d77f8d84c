import { type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface BufferingOptions {
  /** Whether answers are held back at all. Default true. */
  readonly hold?: boolean;
  /** Whether the headers are held back with the body. Default true, as common proxies do. */
  readonly holdHeaders?: boolean;
  /** Lets go of what has gathered every so many milliseconds. Default: only at the end of the answer. */
  readonly flushMs?: number;
  /** What becomes of upgrades. Default `silence`: nobody answers. */
  readonly sockets?: 'pass' | 'silence';
}

export interface BufferingProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP proxy that holds answers back, as one in front of a server does whose operator did not think of streams. */
export async function bufferingProxy(target: string, options: BufferingOptions = {}): Promise<BufferingProxy> {
  const { hostname, port } = new URL(target);
  const server = createServer((req, res) => {
    const { method, url, headers } = req;
    const upstream = request({ hostname, port, method, path: url, headers }, (answer) => {
      const send = (): void => res.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      if (options.hold === false) {
        send();
        answer.pipe(res);
        return;
      }
      if (options.holdHeaders === false) send();
      holdBack(answer, res, send, options.flushMs);
    });
    upstream.on('error', () => res.destroy());
    res.on('close', () => upstream.destroy());
    req.pipe(upstream);
  });
  const sockets = new Set<Duplex>();
  const keep = <T extends Duplex>(socket: T): T => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  server.on('connection', keep<Socket>);
  server.on('upgrade', (req, client, head) => {
    if (options.sockets !== 'pass') return;
    const upstream = keep(connect(Number(port), hostname));
    const lines = req.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []));
    upstream.write(`${req.method} ${req.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function holdBack(answer: NodeJS.ReadableStream, res: ServerResponse, send: () => void, flushMs?: number): void {
  const held: Uint8Array[] = [];
  const flush = (): void => {
    if (held.length === 0) return;
    if (!res.headersSent) send();
    res.write(Buffer.concat(held.splice(0)));
  };
  const timer = flushMs === undefined ? undefined : setInterval(flush, flushMs);
  res.on('close', () => clearInterval(timer));
  answer.on('data', (bytes: Buffer) => held.push(bytes));
  answer.on('end', () => {
    clearInterval(timer);
    if (!res.headersSent) send();
    res.end(Buffer.concat(held));
  });
}
