import type { Duplex } from 'node:stream';

import { drained, giantIn } from '@tokenwire/server-kit';
import type { LogEntry } from '@tokenwire/generation-log';
import type { WebSocket } from 'ws';

import { writeGiant, writeMessages } from './frames.js';

/** What answers to a client's messages may wait for it, in bytes. Who asks on and reads nothing is closed. */
const MAX_WAITING_BYTES = 64 * 1024;

/** What leaves over one socket. All its answers share one connection, so they share the wait for it too. */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #tcp: Duplex;
  readonly #writeStallMs: number;
  #waiting: Promise<boolean> | undefined;

  constructor(socket: WebSocket, tcp: Duplex, writeStallMs: number) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.#writeStallMs = writeStallMs;
  }

  /** True while the connection has not taken what was written. */
  get full(): boolean {
    return this.#tcp.writableNeedDrain;
  }

  /** Waits until there was room. False: the socket is closed, or closing because it took nothing for too long. */
  room(): Promise<boolean> {
    this.#waiting ??= drained(this.#tcp, this.#writeStallMs).then((ok) => {
      this.#waiting = undefined;
      if (!ok) this.#socket.close(4008, 'slow_consumer');
      return ok && this.#socket.readyState === this.#socket.OPEN;
    });
    return this.#waiting;
  }

  /** Writes the events of a batch. Only when it is not full: this waits for nothing. */
  sendEvents(batch: readonly LogEntry[], before: string, after: string): void {
    const giant = giantIn(batch);
    if (giant) writeGiant(this.#tcp, before, giant, after);
    else
      writeMessages(
        this.#tcp,
        batch.map(({ json }) => before + json + after),
      );
  }

  /** Sends a message that is no event. */
  say(message: object): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) return this.#socket.close(4008, 'slow_consumer');
    this.#socket.send(JSON.stringify(message));
  }
}
