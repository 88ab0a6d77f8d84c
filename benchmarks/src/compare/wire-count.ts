import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A pass-through that counts. */
export interface WireCounter {
  /** Base URL to use instead of the server's. */
  readonly url: string;
  /** Bytes of TCP payload so far, in both directions: HTTP or WebSocket with everything, without TCP/IP headers. */
  readonly counts: () => { readonly upBytes: number; readonly downBytes: number };
  /** Closes it and every connection through it. */
  readonly close: () => Promise<void>;
}

/**
 * Puts a TCP pass-through in front of a server. A `fetch` hides its socket, so this is the one place where the bytes of
 * all modes can be counted alike. It costs time: never measure latency through it.
 */
export async function countWire(serverUrl: string): Promise<WireCounter> {
  const { hostname, port } = new URL(serverUrl);
  const pairs: { readonly client: Socket; readonly server: Socket }[] = [];
  const proxy = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    pairs.push({ client, server });
    // A broken connection is the reader's to notice: the other half breaks as well.
    const breakBoth = () => void (client.destroy(), server.destroy());
    client.on('error', breakBoth).on('close', () => server.destroy());
    client.pipe(server).on('error', breakBoth).pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const sum = (bytes: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((total, pair) => total + bytes(pair), 0);
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    counts: () => ({
      upBytes: sum(({ client }) => client.bytesRead),
      downBytes: sum(({ server }) => server.bytesRead),
    }),
    close() {
      for (const { client, server } of pairs) void (client.destroy(), server.destroy());
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
