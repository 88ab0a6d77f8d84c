import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** How a connection ends: reset, or closed in good order but too early. */
export type Cut = 'rst' | 'fin';

/** A connection through the proxy. Bytes pass `Link` one chunk at a time, which is where faults are put in. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;

  constructor(client: Socket, server: Socket, allowance: (wanted: number) => number, onClose: () => void) {
    this.#client = client;
    this.#server = server;
    forward(client, server, (chunk) => chunk);
    forward(server, client, (chunk) => chunk.subarray(0, allowance(chunk.length)));
    let open = 2;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('end', () => other.end());
      socket.on('close', () => {
        open -= 1;
        if (open === 0) onClose();
      });
    }
  }

  cut(how: Cut): void {
    if (how === 'rst') this.#client.resetAndDestroy();
    else this.#client.end();
    this.#server.destroy();
  }
}

/** Passes bytes on as they come, no faster than they are taken. */
function forward(from: Socket, to: Socket, pass: (chunk: Buffer) => Buffer): void {
  from.on('data', (chunk: Buffer) => {
    const passed = pass(chunk);
    if (passed.length > 0 && !to.write(passed)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  });
}

/** A TCP proxy on loopback that breaks connections on command. It knows nothing of what it carries. */
export class CutProxy {
  /** Connections so far. */
  accepted = 0;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  /** Cuts that wait for their number of bytes, the next one first. */
  readonly #planned: { left: number; readonly how: Cut }[] = [];

  private constructor(target: URL) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.accepted += 1;
      const server = connect({ port: Number(target.port), host: target.hostname, allowHalfOpen: true });
      const link = new Link(
        client,
        server,
        (wanted) => this.#allow(wanted),
        () => this.#links.delete(link),
      );
      this.#links.add(link);
    });
  }

  /** Starts a proxy on a free port in front of `url`. */
  static async before(url: string): Promise<CutProxy> {
    const proxy = new CutProxy(new URL(url));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Use this instead of the server's URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections open now. */
  get connections(): number {
    return this.#links.size;
  }

  /** Cuts all connections that are open now; new ones are accepted. */
  cutAll(how: Cut = 'rst'): void {
    for (const link of this.#links) link.cut(how);
  }

  /**
   * Lets `count` more bytes pass from the server to clients, counted over all connections, and cuts all when they
   * have passed; with 0, when the first byte comes. Then everything passes again. Calls queue up: each counts from
   * the cut of the one before.
   */
  cutAfterBytes(count: number, how: Cut = 'rst'): void {
    this.#planned.push({ left: count, how });
  }

  /** Cuts everything and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.cutAll();
    await closed;
  }

  #allow(wanted: number): number {
    const [next] = this.#planned;
    if (next === undefined) return wanted;
    const passed = Math.min(wanted, next.left);
    next.left -= passed;
    // After this chunk has been written, so that exactly `count` bytes arrive.
    if (next.left === 0) queueMicrotask(() => this.#carryOut(next));
    return passed;
  }

  #carryOut(cut: { readonly how: Cut }): void {
    if (this.#planned[0] !== cut) return;
    this.#planned.shift();
    this.cutAll(cut.how);
  }
}
