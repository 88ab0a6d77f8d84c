import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One end of a connection, and what it has seen. */
export interface End {
  readonly socket: Socket;
  /** The pieces in which bytes came. */
  readonly pieces: Buffer[];
  readonly text: string;
  ended: boolean;
  closed: boolean;
  error: string | undefined;
}

/** Watches a socket. */
export function endOf(socket: Socket): End {
  const end: End = {
    socket,
    pieces: [],
    get text() {
      return Buffer.concat(end.pieces).toString('latin1');
    },
    ended: false,
    closed: false,
    error: undefined,
  };
  socket.setNoDelay(true);
  socket.on('data', (piece: Buffer) => end.pieces.push(piece));
  socket.on('end', () => (end.ended = true));
  socket.on('close', () => (end.closed = true));
  socket.on('error', (error: NodeJS.ErrnoException) => (end.error = error.code));
  return end;
}

/** Connects to an `http:` URL, without a word of HTTP. */
export function dial(url: string): End {
  return endOf(connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true }));
}

/** A TCP server on a free port that keeps its ends of the connections. */
export class Loopback {
  readonly ends: End[] = [];
  readonly #server = createServer({ allowHalfOpen: true });

  private constructor(greet: (end: End) => void) {
    this.#server.on('connection', (socket) => {
      const end = endOf(socket);
      this.ends.push(end);
      greet(end);
    });
  }

  /** `greet` is called with each new connection. */
  static async start(greet: (end: End) => void = () => {}): Promise<Loopback> {
    const loopback = new Loopback(greet);
    loopback.#server.listen(0, '127.0.0.1');
    await once(loopback.#server, 'listening');
    return loopback;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const { socket } of this.ends) socket.destroy();
    this.#server.close();
  }
}
