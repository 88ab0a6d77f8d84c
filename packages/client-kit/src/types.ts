import type { Clock, GenerationRequest, StopReceipt, StreamEvent } from '@tokenwire/protocol';
import type { Device } from './device.js';

/** The one function type that all clients share: only the transport differs. */
export type OpenStream = (options: StreamOptions) => TokenStream;

/** What an application says when it opens a stream. Give exactly one of `request` and `after`. */
export interface StreamOptions {
  /**
   * The server's base URL; it may have a path prefix. Query parameters in it are sent with every request. Relative URLs work where there is a page to be relative to.
   */
  readonly url: string | URL;
  /** Starts a new generation. */
  readonly request?: GenerationRequest | undefined;
  /** Continues a generation strictly after this cursor. */
  readonly after?: string | undefined;
  /** Names the start, so that repeating it never starts a second generation. Default: random. */
  readonly idempotencyKey?: string | undefined;
  /** Aborts reading, as `detach()` does: the generation goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Sent with every HTTP request. A WebSocket handshake cannot carry them in browsers, so it never does. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * WebSocket: gives the credential of one handshake, which is sent as `?ticket=`. Called for every connection, because
   * a ticket works once; `id` is the generation, as soon as it is known. See `fetchTicket`. What it throws counts as a
   * lost connection, unless it is a `TokenwireError` that is not retryable.
   */
  readonly ticket?: ((id: string | undefined) => Promise<string>) | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Default: the global `WebSocket`. Node 20 has none: pass the one of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Default: the computer's own clock. */
  readonly clock?: Clock | undefined;
  /** What the machine tells about sleep and network. Default: the page or worker, if there is one. */
  readonly device?: Device | undefined;
  /** Uniform in [0, 1), for jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  readonly retry?: RetryOptions | undefined;
  /**
   * Milliseconds without a byte after which a connection counts as dead. Default 37 500: 2.5 heartbeats of 15 s.
   * Polling adds it to the wait it has asked for; there the default is 5 000.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Polling: milliseconds from the start of a poll to the start of the next, at least. Default 100. */
  readonly minPollIntervalMs?: number | undefined;
  /** Long polling: seconds for which the server may hold a poll. 1 to 25, default 25. */
  readonly waitSeconds?: number | undefined;
  /** Looks at each connection, by wrapping the transport. `watchBuffering` makes one. */
  readonly monitor?: ((connect: Connect) => Connect) | undefined;
  /** Called with each new status. */
  readonly onStatus?: ((status: StreamStatus) => void) | undefined;
  /** Called with the size of each piece of payload as it arrives, in bytes: for measuring. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** How long a lost connection is tried again: full jitter below baseMs × 2ⁿ. */
export interface RetryOptions {
  /**
   * Attempts in a row without one new event, after which `connection_lost` is thrown. Default 10. While the machine is
   * offline, 36 attempts count as one; waking up begins a new count.
   */
  readonly maxAttempts?: number | undefined;
  /** Upper bound of the first wait in milliseconds. Default 250. */
  readonly baseMs?: number | undefined;
  /** Upper bound of every wait in milliseconds. Default 10 000. */
  readonly capMs?: number | undefined;
}

/**
 * `completed`, `cancelled` and `failed` are ends of the answer (`failed` also: of the attempts to read it);
 * `detached` means that this reader left and the generation may go on.
 */
export type StreamStatus =
  | 'idle'
  | 'connecting'
  | 'streaming'
  | 'reconnecting'
  | 'completed'
  | 'cancelled'
  | 'failed'
  | 'detached';

/**
 * One answer, read once: `for await (const event of stream)`. Events come in order, each once, the terminal one too.
 *
 * `message_stop` and `cancelled` end the loop normally. After an `error` event the iterator throws a `StreamError`,
 * and so it does when the answer cannot be read to its end, so that a truncated answer never looks like success.
 * Leaving the loop detaches: the connection is closed, the generation is left alone. Nothing is sent before the
 * first `next()`, `text()` or `stop()`.
 */
export interface TokenStream extends AsyncIterable<StreamEvent> {
  /** Continue from here later, on any transport. Advances when an event is handed over, not when its bytes arrive. */
  readonly cursor: string | undefined;
  /** The generation's id, as soon as the server has told it. */
  readonly id: string | undefined;
  readonly status: StreamStatus;
  /** The text of the events handed over. After `after`, that is the rest of the answer. */
  readonly textSoFar: string;
  /** True when reading ended before the answer's end: failed, lost or detached. `textSoFar` stays readable. */
  readonly partial: boolean;
  /** Connections made after the first. */
  readonly reconnects: number;
  /** HTTP requests and sockets so far, including polls and stops. */
  readonly requests: number;
  /**
   * Reads to the end and gives the text.
   * @throws {StreamError} with the text so far in `partialText`.
   */
  text(): Promise<string>;
  /**
   * Stops the generation on the server. Idempotent, possible in every state, settles within 10 s. Reading goes on
   * until the terminal event. Before anything was sent it sends nothing; reading then throws `aborted`.
   * @throws {TokenwireError} `connection_lost` when the server could not be reached, or the server's refusal.
   */
  stop(): Promise<StopReceipt>;
  /** Stops reading and leaves the generation alone. Whoever still reads gets `aborted`. */
  detach(): void;
}

/** What a WebSocket must be able to do: satisfied by browsers, Node ≥ 22, Deno, Bun and the package `ws`. */
export interface WebSocketLike {
  readonly protocol: string;
  /** 3 once it is closed. */
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Not in browsers. Ends the connection when the other side does not answer the close. */
  terminate?(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
}

export type WebSocketConstructor = new (url: string, protocols?: string) => WebSocketLike;

/**
 * A transport: makes one connection and yields what arrives on it, in batches, until the connection ends.
 * Returning means a clean end, throwing a broken one. The engine does the rest, so a transport neither retries,
 * nor checks events, nor drops duplicates. It must end when `attempt.signal` aborts.
 */
export type Connect = (attempt: Attempt) => AsyncGenerator<readonly unknown[], void, undefined>;

/** What a transport gives to `fetch`; signal, redirect mode and the application's headers are added. */
export type HttpRequest = Omit<RequestInit, 'headers'> & { readonly headers: Readonly<Record<string, string>> };

/** One connection, as its transport sees it. */
export interface Attempt {
  /** What to start. Used while `cursor` is undefined. */
  readonly request: GenerationRequest | undefined;
  readonly idempotencyKey: string;
  readonly id: string | undefined;
  /** What the application has got. Undefined until the generation's id is known; from then on never start again. */
  readonly cursor: string | undefined;
  /** Aborts when the reader leaves and when the connection has been silent for too long. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Uses another server of the same log from now on, for this stream's stop as well. */
  readonly moveTo: (url: string | URL) => void;
  /** The address of a route below the server's base URL. */
  readonly url: (route: string) => URL;
  /** `fetch` of a route with the application's headers and, unless `init` has another, `signal`; redirects are not followed. */
  readonly fetch: (route: string, init: HttpRequest) => Promise<Response>;
  /** Calls the application. What it throws ends the stream, and reaches whoever reads. */
  readonly call: <T>(callback: () => T) => T;
  /** Counts a connection that was not made by `fetch`. */
  readonly requested: () => void;
  /** The server has accepted; `id` is what it says about the generation, where it says so. */
  readonly started: (id?: string | null) => void;
  /** Payload has arrived: its size in bytes, or its text. Keeps the watchdog quiet. */
  readonly bytes: (payload: number | string) => void;
  /** The server's wish how long to wait before the next connection, in milliseconds. */
  readonly retryAfter: (delayMs: number) => void;
  /** Waits without being taken for a silent connection. Rejects when `signal` aborts. */
  readonly sleep: (delayMs: number) => Promise<void>;
}
