import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import {
  header,
  mediaType,
  pairsOf,
  type Ending,
  type Framing,
  type Limits,
  type Outcome,
  type Request,
} from './exchange.js';
import { Recorder } from './recorder.js';

/** One HTTP/1.1 exchange on a connection of its own. Never throws. */
export function exchangeHttp1(request: Request, limits: Limits): Promise<Outcome> {
  return new Promise((resolve) => new Http1Exchange(request, limits, resolve));
}

class Http1Exchange {
  readonly #url: URL;
  readonly #limits: Limits;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #req: ClientRequest;
  readonly #agent: HttpAgent;
  readonly #timer: NodeJS.Timeout;
  #sentAt = performance.now();
  #connected = false;
  #finish: ((ending: Ending) => void) | undefined;
  #settled = false;

  constructor({ url, method = 'GET', headers = {}, body }: Request, limits: Limits, resolve: (_: Outcome) => void) {
    this.#url = url;
    this.#limits = limits;
    this.#resolve = resolve;
    const secure = url.protocol === 'https:';
    // Keep-alive, as browsers have it: `Connection: close` changes what some proxies do.
    this.#agent = secure
      ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: limits.insecure !== true, ALPNProtocols: ['http/1.1'] })
      : new HttpAgent({ keepAlive: true });
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, agent: this.#agent };
    this.#req = secure ? httpsRequest(url, options) : httpRequest(url, options);
    this.#req.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => this.#onConnect());
    });
    this.#req.on('response', (res) => this.#onResponse(res));
    this.#req.on('upgrade', (res, socket) => {
      socket.destroy();
      this.#onResponse(res);
    });
    this.#req.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    this.#timer = setTimeout(() => this.#onLimit(), limits.limitMs);
    limits.signal.addEventListener('abort', this.#onLimit);
    this.#req.end(body);
  }

  #now = (): number => performance.now() - this.#sentAt;

  #onConnect(): void {
    this.#connected = true;
    this.#sentAt = performance.now();
    this.#timer.refresh();
  }

  #onResponse(res: IncomingMessage): void {
    const headersMs = this.#now();
    const headers = pairsOf(res.rawHeaders);
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
        const { statusCode: status = 0, httpVersion } = res;
        const about = { kind: 'answer', url: this.#url, status, httpVersion, headers, headersMs } as const;
        this.#settle({ ...about, framing: framingOf(res), endMs, ending, ...recorded });
      });
      this.#req.destroy();
    };
    res.on('data', (bytes: Buffer) => {
      recorder.push(bytes);
      if (recorder.full) this.#finish?.('limit');
    });
    res.on('end', () => this.#finish?.('complete'));
    // A break shows as an error and as a close without an end.
    res.on('error', () => {});
    res.on('close', () => this.#finish?.('cut'));
  }

  #onLimit = (): void => {
    if (this.#finish !== undefined) return this.#finish('limit');
    if (!this.#connected) return this.#fail('connect', 'no connection within the limit');
    this.#settle({ kind: 'no-answer', url: this.#url, waitedMs: this.#now() });
  };

  #onError(error: NodeJS.ErrnoException): void {
    if (this.#finish !== undefined) return this.#finish('cut');
    const reason = error.code ?? error.message;
    this.#fail(this.#connected ? 'speak' : 'connect', reason);
  }

  #fail(stage: 'connect' | 'speak', reason: string): void {
    this.#settle({ kind: 'failure', url: this.#url, stage, reason });
  }

  #settle(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener('abort', this.#onLimit);
    this.#req.destroy();
    this.#agent.destroy();
    this.#resolve(outcome);
  }
}

function framingOf({ headers }: IncomingMessage): Framing {
  if (/\bchunked\b/i.test(headers['transfer-encoding'] ?? '')) return 'chunked';
  return headers['content-length'] === undefined ? 'close' : 'length';
}
