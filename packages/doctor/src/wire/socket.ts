import { WebSocket } from 'ws';

import { pairsOf, type ContentArrival, type Ending, type Limits, type Outcome } from './exchange.js';

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

/** One WebSocket conversation. Never throws. */
export function converse(request: SocketRequest, limits: Limits): Promise<SocketOutcome> {
  return new Promise((resolve) => new Conversation(request, limits, resolve));
}

class Conversation {
  readonly #request: SocketRequest;
  readonly #limits: Limits;
  readonly #resolve: (outcome: SocketOutcome) => void;
  readonly #socket: WebSocket;
  readonly #timer: NodeJS.Timeout;
  readonly #content: ContentArrival[] = [];
  #bytes = 0;
  #startedAt = performance.now();
  #headers: ReturnType<typeof pairsOf> = [];
  #headersMs: number | undefined;
  #extra: Omit<SocketOutcome, 'outcome'> = {};
  #opened = false;
  #settled = false;

  constructor(request: SocketRequest, limits: Limits, resolve: (outcome: SocketOutcome) => void) {
    this.#request = request;
    this.#limits = limits;
    this.#resolve = resolve;
    const { url, protocols = [], headers = {} } = request;
    this.#socket = new WebSocket(url, [...protocols], {
      headers,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      rejectUnauthorized: limits.insecure !== true,
    });
    this.#timer = setTimeout(this.#onLimit, limits.limitMs);
    limits.signal.addEventListener('abort', this.#onLimit);
    this.#listen();
  }

  #now = (): number => performance.now() - this.#startedAt;

  #listen(): void {
    const socket = this.#socket;
    socket.on('upgrade', ({ rawHeaders }) => {
      this.#headers = pairsOf(rawHeaders);
      this.#headersMs = this.#now();
    });
    socket.on('unexpected-response', (_req, res) => {
      this.#headers = pairsOf(res.rawHeaders);
      this.#headersMs = this.#now();
      this.#settle(this.#answer(res.statusCode ?? 0, 'complete', res.httpVersion));
      res.destroy();
    });
    socket.on('open', () => {
      this.#opened = true;
      const pingedAt = this.#now();
      socket.once('pong', () => (this.#extra = { ...this.#extra, pongMs: this.#now() - pingedAt }));
      socket.ping();
      for (const text of this.#request.say ?? []) socket.send(text);
    });
    socket.on('message', (data) => this.#onMessage((data as Buffer).toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    socket.on('close', (code) => {
      if (this.#headersMs === undefined) return;
      this.#extra = { ...this.#extra, closeCode: code };
      // 1006: the connection ended without a word.
      this.#settle(this.#answer(101, code === 1006 ? 'cut' : 'complete'));
    });
  }

  #onMessage(text: string): void {
    const atMs = this.#now();
    const bytes = Buffer.byteLength(text);
    this.#bytes += bytes;
    if (this.#content.length < MAX_MESSAGES) this.#content.push({ atMs, bytes, units: 1, midUnit: false });
    this.#limits.onUnit?.(text, atMs);
    if (this.#request.isLast?.(text) !== true) return;
    this.#settle(this.#answer(101, 'complete'));
  }

  #onLimit = (): void => {
    if (this.#headersMs !== undefined) return this.#settle(this.#answer(101, 'limit'));
    this.#settle({ kind: 'no-answer', url: this.#request.url, waitedMs: this.#now() });
  };

  #onError(error: NodeJS.ErrnoException): void {
    const { url } = this.#request;
    if (this.#headersMs === undefined)
      return this.#settle({ kind: 'failure', url, stage: 'connect', reason: error.code ?? error.message });
    if (!this.#opened) this.#extra = { handshake: error.message };
    this.#settle(this.#answer(101, 'cut'));
  }

  #answer(status: number, ending: Ending, httpVersion = '1.1'): Outcome {
    return {
      kind: 'answer',
      url: this.#request.url,
      ...{ status, ending, httpVersion },
      headers: this.#headers,
      headersMs: this.#headersMs ?? 0,
      framing: 'messages',
      ...{ wire: this.#content, wireBytes: this.#bytes, content: this.#content, contentBytes: this.#bytes },
      endMs: this.#now(),
      head: '',
    };
  }

  #settle(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener('abort', this.#onLimit);
    const { protocol } = this.#socket;
    this.#resolve({ outcome, ...(protocol === '' ? {} : { protocol }), ...this.#extra });
    // In good order where the other side cooperates, soon in any case.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    setTimeout(() => this.#socket.terminate(), 500).unref();
  }
}
