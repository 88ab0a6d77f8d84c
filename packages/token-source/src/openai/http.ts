import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { TokenwireError, type Clock } from '@tokenwire/protocol';

/** Kept-alive connections to an upstream, for both schemes. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

/** Idle connections are closed after 5 s: providers close theirs soon after. */
const IDLE_MS = 5_000;
/** Of an error's body, no more than this is read, in bytes. */
const MAX_ERROR_BODY_BYTES = 65_536;
/**
 * The headers that leave this process. The SDK adds others of its own: figures on the platform, and whatever
 * an environment variable says, which must not reach an upstream it was not meant for.
 */
const SENT_HEADERS = ['accept', 'authorization', 'content-type', 'user-agent'];

export function createAgents(): Agents {
  const options = { keepAlive: true, timeout: IDLE_MS };
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  return {
    http,
    https,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

/**
 * One HTTP request, in the form of the `fetch` that the SDK accepts. Built on `node:http` because the global
 * `fetch` cannot tell connecting from waiting, cuts bodies after 300 s of silence, follows redirects,
 * unpacks compressed bodies without a limit, and costs more per chunk.
 *
 * The body of a 2xx answer is not in the returned `Response` but in `message`.
 */
export class Exchange {
  /** The answer, once its headers are here and its status is 2xx. */
  message: IncomingMessage | undefined;
  /** Why it was cancelled: takes precedence over what the socket says about it. */
  failure: TokenwireError | undefined;
  readonly #agents: Agents;
  readonly #clock: Clock;
  readonly #connectMs: number;
  #request: ClientRequest | undefined;
  #cancelled = false;

  constructor(agents: Agents, clock: Clock, connectMs: number) {
    this.#agents = agents;
    this.#clock = clock;
    this.#connectMs = connectMs;
  }

  /** Destroys the socket now, whatever state it is in. */
  cancel(failure?: TokenwireError): void {
    this.failure ??= failure;
    this.#cancelled = true;
    // Whoever reads the message sees this error; `failure` is what counts.
    this.message?.destroy(new Error('cancelled'));
    this.#request?.destroy(new Error('cancelled'));
  }

  readonly fetch = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      if (this.#cancelled) return reject(new Error('cancelled'));
      const url = new URL(input instanceof Request ? input.url : input);
      const request = this.#open(url, init);
      this.#request = request;
      request.once('socket', () => this.#watchConnect(request, url.protocol === 'https:'));
      request.once('response', (message) => {
        this.#answer(message).then(resolve, reject);
      });
      // Stays for good: a destroyed request may report more than once.
      request.on('error', reject);
      request.end(init.body as string);
    });

  #open(url: URL, init: RequestInit): ClientRequest {
    // Compressed streams are delayed by the compressor, and can be bombs.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    const given = new Headers(init.headers);
    for (const name of SENT_HEADERS) {
      const value = given.get(name);
      if (value !== null) headers[name] = value;
    }
    const method = init.method ?? 'GET';
    return url.protocol === 'https:'
      ? httpsRequest(url, { method, headers, agent: this.#agents.https })
      : httpRequest(url, { method, headers, agent: this.#agents.http });
  }

  #watchConnect(request: ClientRequest, secure: boolean): void {
    const { socket } = request;
    // A kept-alive connection is ready already.
    if (!socket || request.reusedSocket) return;
    const callOff = this.#clock.after(this.#connectMs, () => {
      this.cancel(new TokenwireError('upstream_timeout', "The model's provider could not be reached in time."));
    });
    socket.once(secure ? 'secureConnect' : 'connect', callOff);
    request.once('close', callOff);
  }

  async #answer(message: IncomingMessage): Promise<Response> {
    const status = message.statusCode ?? 0;
    const headers = new Headers();
    for (const name of ['content-type', 'date', 'retry-after', 'retry-after-ms']) {
      const value = message.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    if (status >= 200 && status < 300) {
      if ((message.headers['content-encoding'] ?? 'identity') !== 'identity') return this.#refuse(message);
      this.message = message;
      return new Response(null, { status, headers });
    }
    if (status < 200 || status > 599) return this.#refuse(message);
    // Redirects have nothing to read, and `Response` allows them no body.
    if (status < 400) message.destroy();
    return new Response(status < 400 ? null : await errorBody(message), { status, headers });
  }

  #refuse(message: IncomingMessage): never {
    message.destroy();
    this.failure = new TokenwireError('upstream_protocol', "The model's provider gave an answer of unknown form.");
    throw this.failure;
  }
}

async function errorBody(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of message as AsyncIterable<Buffer>) {
      bytes += part.length;
      parts.push(part);
      if (bytes > MAX_ERROR_BODY_BYTES) break;
    }
  } catch {
    // Cut off: the status alone says enough.
  }
  return Buffer.concat(parts).toString('utf8', 0, MAX_ERROR_BODY_BYTES);
}
