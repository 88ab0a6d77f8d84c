import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { Connection, type ConnectionEvent } from './connection.js';
import { faultsOf, type Ending, type Plan, type Way } from './faults.js';

export interface FaultProxyOptions {
  /** The faults to begin with; default: none. */
  readonly faults?: Plan;
  /** Port on loopback; default 0: a free one. */
  readonly port?: number;
  /** What chance (jitter) is drawn from; default 0. */
  readonly seed?: number;
  /** Called for each connection that opens, is refused, is cut, closes. */
  readonly onEvent?: (event: ConnectionEvent) => void;
}

/**
 * A TCP proxy on loopback that breaks what passes it, on command or by plan. It knows nothing of what it carries.
 * What it cannot do: lose or reorder single packets, which TCP would hide anyway.
 */
export class FaultProxy {
  /** Connections so far. */
  accepted = 0;
  /** Bytes that passed from clients to the server, over all connections. */
  bytesUp = 0;
  /** Bytes that passed from the server to clients. */
  bytesDown = 0;
  /** The faults of new connections. */
  faults: Plan;
  /** Use this instead of the server's URL. */
  readonly url: string;
  #target: URL;
  readonly #seed: number;
  readonly #onEvent: (event: ConnectionEvent) => void;
  readonly #connections = new Set<Connection>();
  /** Cuts that wait for their number of bytes, the next one first. */
  readonly #planned: Readonly<Record<Way, PlannedCut[]>> = { up: [], down: [] };
  readonly #flaps = new Set<NodeJS.Timeout>();
  readonly #port: number;
  #server: Server | undefined;
  #switching: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(target: URL, server: Server, { faults = {}, seed = 0, onEvent = () => {} }: FaultProxyOptions) {
    this.#target = target;
    this.#seed = seed;
    this.#onEvent = onEvent;
    this.#port = (server.address() as AddressInfo).port;
    this.faults = faults;
    this.url = `http://127.0.0.1:${this.#port}`;
    this.#serve(server);
  }

  /**
   * Starts a proxy in front of `url`.
   * @throws {TypeError} for anything but an `http:` URL, of which only host and port count.
   * @throws {Error} of the system when the port cannot be used.
   */
  static async before(url: string, options: FaultProxyOptions = {}): Promise<FaultProxy> {
    const target = targetOf(url);
    return new FaultProxy(target, await listen(options.port ?? 0), options);
  }

  /**
   * New connections go to this server from now on, as if it had taken over the address of the one before.
   * @throws {TypeError} as `before`.
   */
  leadTo(url: string): void {
    this.#target = targetOf(url);
  }

  /** Connections open now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Other faults, for the connections that are open too. `refuse` concerns new ones only. */
  change(faults: Plan): void {
    this.faults = faults;
    for (const connection of this.#connections) connection.change(faultsOf(faults, connection.index));
  }

  /** Cuts all connections that are open now; new ones are accepted. A blackhole is one in both directions. */
  cutAll(how: Ending = 'rst'): void {
    for (const connection of this.#connections) connection.cut(how);
  }

  /**
   * Lets `count` more bytes pass from the server to clients (`down`) or from clients to the server (`up`), counted over
   * all connections, and cuts all when they have passed; with 0, when the first byte comes. A blackhole is one in that
   * direction only. Then everything passes again. Calls queue up: each counts from the cut of the one before.
   */
  cutAfterBytes(count: number, how: Ending = 'rst', way: Way = 'down'): void {
    this.#planned[way].push({ left: count, how });
  }

  /** Forgets the cuts that `cutAfterBytes` has planned and that have not come to pass. */
  forgetCuts(): void {
    this.#planned.up.length = 0;
    this.#planned.down.length = 0;
  }

  /**
   * Stops listening, so that the system refuses connections (ECONNREFUSED), or listens again on the same port. Open
   * connections go on.
   * @throws {Error} of the system when another program has taken the port meanwhile.
   */
  async refuse(on: boolean): Promise<void> {
    // One change after the other: a port cannot be listened on twice.
    this.#switching = this.#switching.catch(() => {}).then(() => this.#switch(on));
    await this.#switching;
  }

  /**
   * Goes down every `upMs` milliseconds, for `downMs`: open connections are reset, new ones refused.
   * Gives a function that ends it; the proxy is up when that has settled.
   */
  flap(upMs: number, downMs: number): () => Promise<void> {
    let stopped = false;
    let timer: NodeJS.Timeout;
    const turn = (down: boolean): void => {
      timer = setTimeout(
        () => {
          this.#flaps.delete(timer);
          if (down) this.cutAll();
          // When the port is lost, connections stay refused; the next turn tries again.
          void this.refuse(down).catch(() => {});
          if (!stopped) turn(!down);
        },
        down ? upMs : downMs,
      );
      this.#flaps.add(timer);
    };
    turn(true);
    return async () => {
      stopped = true;
      clearTimeout(timer);
      this.#flaps.delete(timer);
      await this.refuse(false);
    };
  }

  /** Ends everything: connections, flapping, listening. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#flaps) clearTimeout(timer);
    await this.#switching.catch(() => {});
    const server = this.#server;
    this.#server = undefined;
    const closed = server && once(server, 'close');
    server?.close();
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  async #switch(on: boolean): Promise<void> {
    if (on) {
      this.#server?.close();
      this.#server = undefined;
    } else if (this.#server === undefined && !this.#closed) {
      this.#serve(await listen(this.#port));
    }
  }

  #serve(server: Server): void {
    this.#server = server;
    server.on('connection', (client: Socket) => this.#accept(client));
  }

  #accept(client: Socket): void {
    const index = this.accepted;
    this.accepted += 1;
    const faults = faultsOf(this.faults, index);
    if (faults.refuse === true) {
      client.on('error', () => {});
      client.resetAndDestroy();
      return this.#onEvent({ type: 'refuse', index, bytesUp: 0, bytesDown: 0 });
    }
    // An IPv6 host has brackets in a URL, and none for a socket.
    const host = this.#target.hostname.replaceAll(/[[\]]/g, '');
    const server = connect({ port: Number(this.#target.port || 80), host, allowHalfOpen: true });
    const connection: Connection = new Connection(index, [client, server], faults, this.#seed, {
      allow: (way, wanted) => this.#allow(way, wanted),
      onPassed: (way, count) => this.#passed(way, count),
      onEvent: (event) => {
        if (event.type === 'close') this.#connections.delete(connection);
        this.#onEvent(event);
      },
    });
    this.#connections.add(connection);
  }

  #allow(way: Way, wanted: number): number {
    const [next] = this.#planned[way];
    if (next === undefined) return wanted;
    const allowed = Math.min(wanted, next.left);
    next.left -= allowed;
    return allowed;
  }

  #passed(way: Way, count: number): void {
    if (way === 'up') this.bytesUp += count;
    else this.bytesDown += count;
    const [next] = this.#planned[way];
    if (next === undefined || next.left > 0) return;
    this.#planned[way].shift();
    for (const connection of this.#connections) connection.end(way, next.how, 'command');
  }
}

interface PlannedCut {
  left: number;
  readonly how: Ending;
}

/** A server on loopback that listens. A client that has ended can still be answered: half-open connections are kept. */
async function listen(port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** @throws {TypeError} for anything but an `http:` URL. */
function targetOf(url: string): URL {
  const target = new URL(url);
  if (target.protocol !== 'http:') throw new TypeError('the proxy stands before an http:// URL only');
  return target;
}
