import { once } from 'node:events';

import { WEBSOCKET_PROTOCOL, type ErrorBody, type ServerMessage, type StreamEvent } from '@tokenwire/protocol';
import { WebSocket } from 'ws';

import { eventually, PATIENCE_MS, within } from './eventually.js';

/** A message of the server, of whatever kind. */
export interface HeardMessage {
  readonly ref?: number;
  readonly refInUse?: number;
  readonly type?: string;
  readonly generation?: string;
  readonly cursor?: string;
  readonly done?: boolean;
  readonly event?: StreamEvent;
  readonly error?: ErrorBody;
  readonly stopped?: string;
  readonly receipt?: Extract<ServerMessage, { stopped: string }>['receipt'];
}

/** A WebSocket in a test's hands: says anything, keeps what it hears. */
export class SocketSession {
  readonly heard: HeardMessage[] = [];
  /** Protocol pings heard. */
  pings = 0;
  /** Close code, once closed. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = once(socket, 'close').then(([code]) => code as number);
    socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as HeardMessage));
    socket.on('ping', () => (this.pings += 1));
    socket.on('error', () => {});
  }

  /**
   * Opens a socket on a server's `/generations`.
   * @param query from its question mark on, such as `?ticket=…`.
   * @throws when the upgrade is refused.
   */
  static async open(url: string, protocol: string = WEBSOCKET_PROTOCOL, query = ''): Promise<SocketSession> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/generations${query}`, protocol);
    const session = new SocketSession(socket);
    await within(PATIENCE_MS, 'the WebSocket opens', once(socket, 'open'));
    return session;
  }

  /** The subprotocol that the server chose. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  /** Sends an object as JSON, a string as it is, bytes as a binary message. */
  say(message: object | string | Uint8Array): void {
    const raw = typeof message === 'string' || message instanceof Uint8Array;
    this.#socket.send(raw ? message : JSON.stringify(message));
  }

  /** The first message that fits, heard already or to come. */
  async hear(what: string, fits: (message: HeardMessage) => boolean): Promise<HeardMessage> {
    return await eventually(`a message: ${what}`, () => this.heard.find(fits));
  }

  /** The events heard under `ref`. */
  events(ref: number): readonly StreamEvent[] {
    return this.heard.flatMap((message) => (message.ref === ref && message.event ? [message.event] : []));
  }

  /** Takes nothing from the network any more, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Cuts the connection. */
  cut(): void {
    this.#socket.terminate();
  }

  async close(): Promise<void> {
    this.#socket.close();
    await within(PATIENCE_MS, 'the WebSocket closes', this.closed);
  }
}
