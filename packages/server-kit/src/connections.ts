import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock } from '@tokenwire/protocol';

import { waitingBytes } from './drained.js';

export interface ConnectionsOptions {
  readonly clock: Clock;
  /** Connections at the same time; beyond, requests are refused. */
  readonly max: number;
  /** See `TransportSettings.writeStallMs`. */
  readonly writeStallMs: number;
}

/** Requests that one connection may have open at the same time. Browsers send one; HTTP/1.1 allows more. */
const MAX_PIPELINED = 16;

/** Connections beyond the limit that are still answered with 503; the next are closed unheard. */
const ANSWERED_BEYOND = 256;

/** All connections of a server: how many there are, and that none costs more than it may. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Set<Socket>();
  readonly #requests = new WeakMap<Socket, number>();
  /** What waited at the last look, of connections that took nothing since the look before. */
  readonly #stuck = new WeakMap<Socket, { readonly bytes: number; readonly looks: number }>();
  #callOff: (() => void) | undefined;

  constructor(server: Server, options: ConnectionsOptions) {
    this.#options = options;
    server.maxConnections = options.max + ANSWERED_BEYOND;
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      this.#watch();
    });
  }

  /** Connections that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether there are more than allowed. */
  get full(): boolean {
    return this.#open.size > this.#options.max;
  }

  /**
   * Counts a request of a connection. False: one too many, and the connection is cut; each open request holds memory,
   * and a client can send thousands without reading one answer.
   */
  admit({ socket }: IncomingMessage, res: ServerResponse): boolean {
    const open = (this.#requests.get(socket) ?? 0) + 1;
    if (open > MAX_PIPELINED || socket.destroyed) {
      socket.destroy();
      return false;
    }
    this.#requests.set(socket, open);
    res.once('close', () => this.#requests.set(socket, (this.#requests.get(socket) ?? 1) - 1));
    return true;
  }

  /** One timer for all connections, while there are any. */
  #watch(): void {
    if (this.#callOff || this.#open.size === 0) return;
    const { clock, writeStallMs } = this.#options;
    const look = (): void => {
      this.#callOff = undefined;
      for (const socket of this.#open) this.#look(socket);
      this.#watch();
    };
    this.#callOff = clock.after(writeStallMs, look, { background: true });
  }

  /**
   * Cuts a connection that has taken nothing for two looks. Streams notice a stall themselves, and earlier; this is for
   * everything else that can be large, such as snapshots and pages of polls.
   */
  #look(socket: Socket): void {
    const bytes = waitingBytes(socket);
    const before = this.#stuck.get(socket);
    const looks = before?.bytes === bytes && bytes > 0 ? before.looks + 1 : 0;
    if (looks === 2) socket.destroy();
    this.#stuck.set(socket, { bytes, looks });
  }
}
