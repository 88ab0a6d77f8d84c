import { type Clock, TokenwireError } from '@tokenwire/protocol';
import type { Callbacks } from './callbacks.js';
import { type Settings, baseUrl, urlOf } from './settings.js';
import type { Attempt, Connect, HttpRequest } from './types.js';
import { Watchdog } from './watchdog.js';

/** What a connection needs of its stream. */
export interface Reader {
  readonly settings: Settings;
  readonly callbacks: Callbacks;
  /** Where the routes begin. */
  base: URL;
  readonly id: string | undefined;
  readonly cursor: string | undefined;
  requested(): void;
  started(id: string | null | undefined): void;
}

/** How long a server may take to end its answer after the terminal event, so that the socket can be used again. */
const LINGER_MS = 250;

/** One run of a transport: a pull with a watchdog, and an end on which nothing stays open. */
export class Connection {
  /** Whether it has brought an event that was not known. */
  progressed = false;
  /** What the server wished for the next one. */
  retryAfterMs: number | undefined;

  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #watchdog: Watchdog;
  readonly #batches: AsyncGenerator<readonly unknown[], void, undefined>;
  #giveUp: (error: TokenwireError) => void = () => undefined;

  constructor(reader: Reader, connect: Connect) {
    const { clock, device, idleTimeoutMs } = reader.settings;
    this.#clock = clock;
    this.#watchdog = new Watchdog(clock, device, idleTimeoutMs, () => {
      this.close(new TokenwireError('connection_lost', `The server was silent for ${idleTimeoutMs} ms.`));
    });
    this.#batches = connect(this.#attempt(reader));
  }

  /** The next batch, or undefined at a clean end. */
  async pull(): Promise<readonly unknown[] | undefined> {
    this.#watchdog.watch();
    try {
      // Not `Promise.race`: racing each pull with one long-lived promise would keep a reaction per pull on it.
      const result = await new Promise<IteratorResult<readonly unknown[], void>>((resolve, reject) => {
        this.#giveUp = reject;
        this.#batches.next().then(resolve, reject);
      });
      return result.done === true ? undefined : result.value;
    } finally {
      this.#watchdog.rest();
    }
  }

  /** After a sleep: ends it if it has been silent for too long. */
  check(): void {
    this.#watchdog.check();
  }

  /** Ends it now. A pull in progress rejects with `reason`, even if the transport does not react to its signal. */
  close(reason: TokenwireError = new TokenwireError('aborted', 'The connection was closed.')): void {
    this.#watchdog.stop();
    this.#giveUp(reason);
    this.#controller.abort(reason);
    this.#batches.return(undefined).catch(() => undefined);
  }

  /** Lets the server end it, in the background; a connection that was read to its end can be used again. */
  finish(): void {
    this.#watchdog.stop();
    const cancel = this.#clock.after(LINGER_MS, () => this.close(), { background: true });
    const end = (): void => {
      cancel();
      this.close();
    };
    this.#batches.next().then(end, end);
  }

  #attempt(reader: Reader): Attempt {
    const { settings } = reader;
    const { signal } = this.#controller;
    const watchdog = this.#watchdog;
    return {
      request: settings.request,
      idempotencyKey: settings.idempotencyKey,
      clock: settings.clock,
      signal,
      get id() {
        return reader.id;
      },
      get cursor() {
        return reader.cursor;
      },
      moveTo(url) {
        reader.base = baseUrl(url);
      },
      url: (route) => urlOf(reader.base, route),
      fetch: (route, init) => send(reader, route, { signal, ...init }),
      call: (callback) => reader.callbacks.call(callback),
      requested: () => reader.requested(),
      started: (id) => reader.started(id),
      bytes(payload) {
        watchdog.touch();
        reader.callbacks.bytes(payload);
      },
      retryAfter: (delayMs) => {
        this.retryAfterMs = delayMs;
      },
      sleep(delayMs) {
        // The moment waited for may be over, as it is after a long poll; that takes no patience away.
        watchdog.touch(Math.max(0, delayMs));
        return sleep(settings.clock, delayMs, signal);
      },
    };
  }
}

/** A view of a connection with some of it replaced, for what stands between the engine and a transport. */
export function derive(attempt: Attempt, changes: Partial<Attempt>): Attempt {
  // Below the original, so that its getters stay live.
  return Object.assign(Object.create(attempt) as Attempt, changes);
}

/**
 * `fetch` with the application's headers, for a route below the base URL.
 *
 * Redirects are never followed: they would take the request, with its headers, to a server nobody chose. `manual`
 * and not `error`, because browsers report `error` exactly like a lost connection, which would be tried again.
 */
export function send(
  reader: Pick<Reader, 'settings' | 'base' | 'requested'>,
  route: string,
  init: HttpRequest,
): Promise<Response> {
  const { fetch, options } = reader.settings;
  reader.requested();
  return fetch(urlOf(reader.base, route), {
    ...init,
    headers: { ...options.headers, ...init.headers },
    redirect: 'manual',
  });
}

/** Waits on the clock. Rejects with the signal's reason, and leaves neither timer nor listener. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    if (!(delayMs > 0)) return resolve();
    const abort = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
