import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';

import { header, mediaType, pairsOf, type Ending, type Limits, type Outcome, type Request } from './exchange.js';
import { Recorder } from './recorder.js';

const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH, HTTP2_HEADER_STATUS, NGHTTP2_NO_ERROR } = constants;

/** One exchange over HTTP/2 on a connection of its own, for `https:` where the server has chosen it. Never throws. */
export function exchangeHttp2(request: Request, limits: Limits): Promise<Outcome> {
  return new Promise((resolve) => new Http2Exchange(request, limits, resolve));
}

class Http2Exchange {
  readonly #request: Request;
  readonly #limits: Limits;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #session: ClientHttp2Session;
  readonly #timer: NodeJS.Timeout;
  #sentAt = performance.now();
  #connected = false;
  #finish: ((ending: Ending) => void) | undefined;
  #settled = false;

  constructor(request: Request, limits: Limits, resolve: (outcome: Outcome) => void) {
    this.#request = request;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#session = connect(request.url.origin, { rejectUnauthorized: limits.insecure !== true });
    this.#session.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    this.#session.once('connect', () => this.#send());
    this.#timer = setTimeout(this.#onLimit, limits.limitMs);
    limits.signal.addEventListener('abort', this.#onLimit);
  }

  #now = (): number => performance.now() - this.#sentAt;

  #send(): void {
    const { url, method = 'GET', headers = {}, body } = this.#request;
    this.#connected = true;
    this.#sentAt = performance.now();
    this.#timer.refresh();
    const path = `${url.pathname}${url.search}`;
    const stream = this.#session.request({
      ...headers,
      [HTTP2_HEADER_METHOD]: method,
      [HTTP2_HEADER_PATH]: path,
    });
    stream.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    stream.on('response', (_fields, _flags, raw?: readonly string[]) => {
      this.#onResponse(stream, pairsOf(raw ?? []));
    });
    stream.end(body);
  }

  #onResponse(stream: ClientHttp2Stream, all: readonly (readonly [string, string])[]): void {
    const headersMs = this.#now();
    const headers = all.filter(([name]) => !name.startsWith(':'));
    const status = Number(all.find(([name]) => name === HTTP2_HEADER_STATUS)?.[1] ?? 0);
    const encoding = (header({ headers }, 'content-encoding') ?? '').trim().toLowerCase();
    const recorder = new Recorder(
      { encoding, mediaType: mediaType({ headers }) },
      this.#now,
      (text, atMs) => void this.#limits.onUnit?.(text, atMs),
    );
    this.#finish = (ending) => {
      this.#finish = undefined;
      const endMs = this.#now();
      void recorder.finish().then((recorded) => {
        const about = { kind: 'answer', url: this.#request.url, status, httpVersion: '2.0', headers } as const;
        this.#settle({ ...about, headersMs, framing: 'h2', endMs, ending, ...recorded });
      });
    };
    stream.on('data', (bytes: Buffer) => {
      recorder.push(bytes);
      if (recorder.full) this.#finish?.('limit');
    });
    stream.on('end', () => this.#finish?.(stream.rstCode === NGHTTP2_NO_ERROR ? 'complete' : 'cut'));
    stream.on('close', () => this.#finish?.('cut'));
  }

  #onLimit = (): void => {
    if (this.#finish !== undefined) return this.#finish('limit');
    const { url } = this.#request;
    if (this.#connected) this.#settle({ kind: 'no-answer', url, waitedMs: this.#now() });
    else this.#settle({ kind: 'failure', url, stage: 'connect', reason: 'no connection within the limit' });
  };

  #onError({ code, message }: NodeJS.ErrnoException): void {
    if (this.#finish !== undefined) return this.#finish('cut');
    const stage = this.#connected ? 'speak' : 'connect';
    this.#settle({ kind: 'failure', url: this.#request.url, stage, reason: code ?? message });
  }

  #settle(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener('abort', this.#onLimit);
    this.#session.destroy();
    this.#resolve(outcome);
  }
}
