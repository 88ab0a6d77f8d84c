import {
  type Attempt,
  type Connect,
  type OpenStream,
  type StreamOptions,
  type WebSocketConstructor,
  type WebSocketLike,
  badResponse,
  errorBody,
  openStream,
} from '@tokenwire/client-kit';
import { type ClientMessage, WEBSOCKET_PROTOCOL, errorFromBody, isTerminal } from '@tokenwire/protocol';
import { Inbox } from './inbox.js';
import { closeError, globalWebSocket, readMessage } from './socket.js';

/**
 * Reads an answer over a WebSocket: one connection in both directions, one message per event.
 * @throws {TokenwireError} `invalid_request` where there is no `WebSocket` and none was passed.
 */
export const streamWebSocket: OpenStream = (options) => openStream(options, connectWebSocket(options));

/** In UTF-16 units: what may wait for the application before the server is asked to pause. */
const MAX_UNREAD_LENGTH = 256 * 1024;
const CLOSE_LIMIT_MS = 1_000;
const CLOSED = 3;

/** The connections of one stream, for whoever puts transports together. Throws as `streamWebSocket` does. */
export function connectWebSocket({ WebSocket = globalWebSocket(), ticket }: Omit<StreamOptions, 'url'>): Connect {
  return async function* (attempt) {
    const session = new Session(attempt, WebSocket, await ticket?.(attempt.id));
    try {
      for (;;) {
        const events = await session.next();
        if (events === undefined) return;
        yield events;
      }
    } finally {
      session.close();
    }
  };
}

class Session {
  readonly #attempt: Attempt;
  readonly #socket: WebSocketLike;
  #ref = 1;
  #attached = true;
  readonly #inbox = new Inbox();

  // HANDSHAKE — an HTTP request that becomes a socket, then the first message. Naming the subprotocol keeps foreign
  // servers away. A browser sends no headers of ours here, so a ticket in the address says who we are: it works once.
  // The key makes it safe to generate again.
  constructor(attempt: Attempt, WebSocket: WebSocketConstructor, ticket: string | undefined) {
    // Whoever waited for the ticket may have left.
    attempt.signal.throwIfAborted();
    this.#attempt = attempt;
    const url = attempt.url('/generations');
    url.protocol = url.protocol.replace('http', 'ws');
    if (ticket !== undefined) url.searchParams.set('ticket', ticket);
    attempt.requested();
    this.#socket = new WebSocket(url.href, WEBSOCKET_PROTOCOL);
    this.#socket.addEventListener('open', () => this.#greet());
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('close', ({ code }) => this.#finish(closeError(code)));
    // Says nothing that `close` does not say after it; but in Node an error that nobody listens for ends the process.
    this.#socket.addEventListener('error', () => undefined);
    attempt.signal.addEventListener('abort', () => this.#finish(attempt.signal.reason));
  }

  #greet(): void {
    const { request, idempotencyKey, cursor } = this.#attempt;
    if (this.#socket.protocol !== WEBSOCKET_PROTOCOL) this.#finish(badResponse(`Expected ${WEBSOCKET_PROTOCOL}.`));
    else if (cursor !== undefined || !request) this.#attach();
    else this.#say({ type: 'generate', ref: this.#ref, request, idempotencyKey });
  }

  #say(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  // RESUME — a message that names the cursor, on a new socket or again on this one. It starts nothing.
  #attach(): void {
    this.#say({ type: 'attach', ref: this.#ref, after: this.#attempt.cursor ?? '' });
  }

  // FRAMING — WebSocket has messages of its own: each text message is one JSON object, whole or not there at all.
  #receive(data: unknown): void {
    if (this.#inbox.ended) return;
    try {
      const message = readMessage(data);
      const text = data as string;
      this.#attempt.bytes(text);
      if (message.type === 'ping') return this.#pong();
      // Each attachment has its own `ref`: what is still in flight for an older one has come for nobody.
      if (message.ref !== undefined && (message.ref !== this.#ref || !this.#attached)) return;
      const error = errorBody(message.error);
      if (error) throw errorFromBody(error, 'internal');
      if (typeof message.generation === 'string') this.#attempt.started(message.generation);
      if (message.done === true) this.#finish();
      if (message.event !== undefined) this.#take(message.event, text.length);
    } catch (error) {
      this.#finish(error);
    }
  }

  // BACKPRESSURE — the socket has none: messages come whether or not anybody reads, and would pile up here. So we let
  // go of the log when too much waits, and attach again after the cursor once it is eaten up: the log is the buffer.
  #take(event: unknown, length: number): void {
    this.#inbox.push(event, length);
    if (isTerminal((event ?? {}) as { type: string })) this.#finish();
    else if (this.#inbox.length > MAX_UNREAD_LENGTH) {
      this.#attached = false;
      this.#say({ type: 'detach', ref: this.#ref });
    }
  }

  /** The events that wait, when the application wants more; undefined at the end. */
  next(): Promise<readonly unknown[] | undefined> {
    return this.#inbox.next(() => {
      if (this.#attached) return;
      this.#attached = true;
      this.#ref += 1;
      this.#attach();
    });
  }

  // HEARTBEAT — a message, because browsers hide the protocol's own ping. The answer shows that we are there.
  #pong(): void {
    this.#say({ type: 'pong' });
  }

  // CANCEL — closing says that this reader left, no more. A stop could be a message, but must also work without a
  // socket, so it is `POST /generations/:id/stop` here too: the kit sends it for all transports.
  close(): void {
    if (this.#socket.readyState === CLOSED) return;
    this.#socket.close(1000);
    // Outside browsers a peer that does not answer the close is cut off here; inside, the browser does it.
    const cut = this.#attempt.clock.after(CLOSE_LIMIT_MS, () => this.#socket.terminate?.(), { background: true });
    this.#socket.addEventListener('close', cut);
  }

  // END — the terminal event; we close after it. A close by the server, even a clean one, is only a lost connection,
  // and its code says whether to come back. What arrived before the end is handed over first.
  #finish(error?: unknown): void {
    this.#inbox.finish(error);
  }
}
