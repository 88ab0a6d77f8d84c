import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What one read from a socket brought. */
export interface Piece {
  /** Milliseconds of the machine's monotonic clock. */
  readonly atMs: number;
  readonly bytes: Buffer;
}

/** One connection as it went past, in the order in which connections were made. */
export interface RecordedConnection {
  /** From the client. */
  readonly up: readonly Piece[];
  /** From the server. */
  readonly down: readonly Piece[];
  /** Both ends have closed it. */
  readonly closed: boolean;
}

/** A pass-through that keeps everything. */
export interface WireRecorder {
  /** Base URL to use instead of the server's. */
  readonly url: string;
  readonly connections: readonly RecordedConnection[];
  /**
   * Settles as soon as `isWhole` says so, asked again whenever something has come.
   * @param limitMs rejects when nothing comes for this long, default 10 000.
   */
  until(isWhole: () => boolean, limitMs?: number): Promise<void>;
  /** Closes it and every connection through it. */
  close(): Promise<void>;
}

interface Recording {
  readonly up: Piece[];
  readonly down: Piece[];
  closed: boolean;
}

/**
 * Puts a TCP pass-through in front of a server. A `fetch` hides its socket, so this is the one place where the bytes of
 * all modes can be seen alike: TCP payload, so HTTP or WebSocket with everything, without TCP and IP headers. It costs
 * time: never measure latency through it.
 */
export async function recordWire(serverUrl: string): Promise<WireRecorder> {
  const { hostname, port } = new URL(serverUrl);
  const connections: Recording[] = [];
  const sockets = new Set<Socket>();
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  const proxy = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    const recording: Recording = { up: [], down: [], closed: false };
    connections.push(recording);
    passThrough(client, server, recording, changed);
    for (const socket of [client, server]) sockets.add(socket.once('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    connections,
    until: (isWhole, limitMs = 10_000) => settled(isWhole, watchers, limitMs),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}

function passThrough(client: Socket, server: Socket, recording: Recording, changed: () => void): void {
  // A broken connection is the reader's to notice: the other half breaks as well.
  const breakBoth = (): void => void (client.destroy(), server.destroy());
  const keep = (pieces: Piece[]) => (bytes: Buffer) => {
    pieces.push({ atMs: performance.timeOrigin + performance.now(), bytes });
    changed();
  };
  const closed = (): void => {
    server.destroy();
    recording.closed = client.closed && server.closed;
    changed();
  };
  client.on('data', keep(recording.up)).on('error', breakBoth).on('close', closed);
  server.on('data', keep(recording.down)).on('close', closed);
  client.pipe(server).on('error', breakBoth).pipe(client);
}

function settled(isWhole: () => boolean, watchers: Set<() => void>, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (failure?: unknown): void => {
      clearTimeout(limit);
      watchers.delete(look);
      if (failure === undefined) resolve();
      else reject(failure instanceof Error ? failure : new Error(String(failure)));
    };
    const look = (): void => {
      try {
        if (isWhole()) settle();
        else limit.refresh();
      } catch (error) {
        settle(error);
      }
    };
    const limit = setTimeout(() => settle(new Error(`Nothing came for ${limitMs} ms, and it is not whole.`)), limitMs);
    watchers.add(look);
    look();
  });
}
