import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { BrowserConnection, type Directory } from './browser-connection.js';
import type { Destination } from './destination.js';

/** More than the server behind it accepts, so that its own refusal is seen. */
const MAX_CONNECTIONS = 5_000;

/** What browsers connect to: a TCP server that hands each request's bytes to where it belongs, and brings back what comes. */
export class Front {
  readonly port: number;
  readonly #server: Server;
  readonly #open = new Set<BrowserConnection>();

  private constructor(server: Server, directory: Directory) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (browser: Socket) => {
      const connection = new BrowserConnection(browser, directory);
      this.#open.add(connection);
      browser.once('close', () => this.#open.delete(connection));
    });
  }

  /**
   * Listens on loopback; port 0 is any free one.
   * @throws {Error} of the system, when the port is in use for example.
   */
  static async listen(port: number, directory: Directory): Promise<Front> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new Front(server, directory);
  }

  /** Connections of browsers that are open now. */
  get connections(): number {
    return this.#open.size;
  }

  /** Ends all connections that ask, or have last asked, this destination. */
  cut(destination: Destination): void {
    for (const connection of this.#open) connection.endOf(destination);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#open) connection.destroy();
    await closed;
  }
}
