import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Somebody who watches one connection. */
export interface Watcher {
  /** From the client. */
  up(bytes: Buffer): void;
  /** From the server. */
  down(bytes: Buffer): void;
  /** Both ends have closed it. */
  closed(): void;
}

/** A TCP pass-through that listens. */
export interface PassThrough {
  /** Base URL to use instead of the server's. */
  readonly url: string;
  /** Closes it and every connection through it. */
  readonly close: () => Promise<void>;
}

/**
 * Puts a TCP pass-through in front of a server. A `fetch` hides its socket, so this is the one place where the bytes of
 * all modes can be seen alike: TCP payload, so HTTP or WebSocket with everything, without TCP and IP headers. It costs
 * time: never measure latency through it.
 * @param watch called for each new connection.
 */
export async function passThrough(serverUrl: string, watch: () => Watcher): Promise<PassThrough> {
  const { hostname, port } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const proxy = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    join(client, server, watch());
    for (const socket of [client, server]) sockets.add(socket.once('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}

function join(client: Socket, server: Socket, watcher: Watcher): void {
  // A broken connection is the reader's to notice: the other half breaks as well.
  const breakBoth = (): void => void (client.destroy(), server.destroy());
  const closed = (): void => {
    server.destroy();
    if (client.closed && server.closed) watcher.closed();
  };
  client
    .on('data', (bytes: Buffer) => watcher.up(bytes))
    .on('error', breakBoth)
    .on('close', closed);
  server.on('data', (bytes: Buffer) => watcher.down(bytes)).on('close', closed);
  client.pipe(server).on('error', breakBoth).pipe(client);
}
