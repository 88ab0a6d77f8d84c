import { WebSocket } from 'ws';

import { pairsOf, type ContentArrival, type Ending, type Limits, type Outcome } from './exchange.js';
import { Pending } from './pending.js';

/** How to speak on a socket. */
export interface SocketRequest {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  /** Sent as text as soon as the socket is open. */
  readonly say?: readonly string[];
  /** Whether the message ends the conversation; then the socket is closed in good order. */
  readonly isLast?: (text: string) => boolean;
}

/** What a socket did. `outcome` is an answer also when the upgrade was refused; then its status is not 101. */
export interface SocketOutcome {
  readonly outcome: Outcome;
  /** The subprotocol that the server chose. */
  readonly protocol?: string;
  /** Time from a protocol ping to its pong: frames pass in both directions. */
  readonly pongMs?: number;
  /** What was wrong with the handshake although the status was 101. */
  readonly handshake?: string;
  /** The close code, if one came. */
  readonly closeCode?: number;
}

/** A message of a stream is not longer than this, in bytes. */
const MAX_MESSAGE_BYTES = 1 << 20;
const MAX_MESSAGES = 20_000;
/** How long a closing handshake may take, in milliseconds. */
const CLOSE_MS = 500;
/** The connection ended without a closing frame (RFC 6455, section 7.1.5). */
const ABNORMAL = 1006;

/** One WebSocket conversation. Never throws. */
export function converse(request: SocketRequest, limits: Limits): Promise<SocketOutcome> {
  return new Promise((resolve) => new Conversation(request, limits, resolve));
}

class Conversation {
  readonly #request: SocketRequest;
  readonly #limits: Limits;
  readonly #socket: WebSocket;
  readonly #pending: Pending;
  readonly #content: ContentArrival[] = [];
  #bytes = 0;
  #seen: Omit<SocketOutcome, 'outcome'> = {};
  #opened = false;

  constructor(request: SocketRequest, limits: Limits, resolve: (outcome: SocketOutcome) => void) {
    this.#request = request;
    this.#limits = limits;
    const { url, protocols = [], headers = {} } = request;
    this.#socket = new WebSocket(url, [...protocols], {
      headers,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      rejectUnauthorized: limits.insecure !== true,
      // Only the request knows when the connection is there.
      finishRequest: (req) => {
        const connected = url.protocol === 'wss:' ? 'secureConnect' : 'connect';
        req.on('socket', (socket) => socket.once(connected, () => this.#pending.connected()));
        req.end();
      },
    });
    this.#pending = new Pending(
      url,
      limits,
      () => this.#close(),
      (outcome) => {
        const { protocol } = this.#socket;
        resolve({ outcome, ...(protocol === '' ? {} : { protocol }), ...this.#seen });
      },
    );
    this.#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('upgrade', ({ rawHeaders }) => this.#begin(101, rawHeaders));
    socket.on('unexpected-response', (_req, res) => {
      this.#begin(res.statusCode ?? 0, res.rawHeaders, res.httpVersion);
      this.#pending.finish?.('complete');
      res.destroy();
    });
    socket.on('open', () => this.#open());
    socket.on('message', (data) => this.#hear((data as Buffer).toString()));
    socket.on('error', (error) => {
      if (!this.#opened) this.#seen = { ...this.#seen, handshake: error.message };
      this.#pending.fail(error);
    });
    socket.on('close', (code) => {
      this.#seen = { ...this.#seen, closeCode: code };
      this.#pending.finish?.(code === ABNORMAL ? 'cut' : 'complete');
    });
  }

  #begin(status: number, rawHeaders: readonly string[], httpVersion = '1.1'): void {
    const headersMs = this.#pending.now();
    const headers = pairsOf(rawHeaders);
    this.#pending.finish = (ending) => {
      this.#pending.settle(this.#answer({ status, headers, headersMs, httpVersion, ending }));
    };
  }

  #open(): void {
    this.#opened = true;
    const pingedAt = this.#pending.now();
    this.#socket.once('pong', () => {
      this.#seen = { ...this.#seen, pongMs: this.#pending.now() - pingedAt };
    });
    this.#socket.ping();
    for (const text of this.#request.say ?? []) this.#socket.send(text);
  }

  #hear(text: string): void {
    const atMs = this.#pending.now();
    const bytes = Buffer.byteLength(text);
    this.#bytes += bytes;
    if (this.#content.length < MAX_MESSAGES) this.#content.push({ atMs, bytes, units: 1, midUnit: false });
    this.#limits.onUnit?.(text, atMs);
    if (this.#request.isLast?.(text) === true) this.#pending.finish?.('complete');
  }

  #answer(about: {
    readonly status: number;
    readonly headers: ReturnType<typeof pairsOf>;
    readonly headersMs: number;
    readonly httpVersion: string;
    readonly ending: Ending;
  }): Outcome {
    return {
      kind: 'answer',
      url: this.#request.url,
      ...about,
      framing: 'messages',
      wire: this.#content,
      wireBytes: this.#bytes,
      content: this.#content,
      contentBytes: this.#bytes,
      endMs: this.#pending.now(),
      head: '',
    };
  }

  /** In good order where the other side cooperates, soon in any case. */
  #close(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }
}
