import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { playScript } from './play-script.js';

/** What the fake upstream does with a request. Without any of it: 8 tokens at once, then a proper end. */
export interface UpstreamScript {
  /** The answer: a list of texts, or how many words. Default 8. */
  readonly tokens?: number | readonly string[];
  /** Pause before each token, in real milliseconds. Default 0: all in one turn, one write each. */
  readonly intervalMs?: number;
  /** Sent as `reasoning_content` before the tokens. */
  readonly reasoning?: readonly string[];
  /** Deltas of `tool_calls`, one chunk each, after the tokens. */
  readonly toolCalls?: readonly object[];
  /** Give each token made-up log probabilities. */
  readonly logprobs?: boolean;
  /** Default `stop`; null: none, and no end marker either way of `truncate`. */
  readonly finishReason?: string | null;
  /** Send a usage-only chunk. Default true. */
  readonly usage?: boolean;
  /** Written as it is, after the tokens and before the reason for stopping. */
  readonly raw?: string | Uint8Array;
  /** Written as it is after the end marker. */
  readonly afterDone?: string;
  /** Cut the body into writes of this many bytes. */
  readonly sliceBytes?: number;

  /** Answer with this status and an error body instead. */
  readonly status?: number;
  /** Only the first so many requests get `status`. Default: all. */
  readonly failures?: number;
  /** With `status`: the `Retry-After` header. */
  readonly retryAfter?: string;
  /** With `status`: the `error` object of the body. */
  readonly error?: object;
  /** Answer 307 with this `Location`. */
  readonly redirectTo?: string;
  /** Further headers of a 200. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Never answer. */
  readonly silent?: boolean;

  /** After the tokens: an `error` object in the stream. */
  readonly errorAfter?: boolean;
  /** After the tokens: reset the connection (RST). */
  readonly reset?: boolean;
  /** After the tokens: end the body properly, with neither reason for stopping nor end marker. */
  readonly truncate?: boolean;
  /** After the tokens: fall silent, for ever. */
  readonly stall?: boolean;
  /** While stalling: a comment every so many real milliseconds. */
  readonly keepAliveMs?: number;
  /** After the tokens: a chunk that is not JSON. */
  readonly malformed?: boolean;
}

/** A request that the fake upstream received. */
export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The parsed body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Tokens written so far. */
  readonly tokensSent: number;
  /** When its connection was closed, in milliseconds of `performance.now()`; undefined while it is open. */
  readonly socketClosedAt: number | undefined;
  /** Resolves to `socketClosedAt`. */
  readonly socketClosed: Promise<number>;
}

export interface OpenAiUpstream {
  /** For `baseUrl`: `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly UpstreamRequest[];
  /** Connections open now, idle ones included. */
  readonly openSockets: number;
  /** Resolves once so many requests have come in all. */
  received(count: number): Promise<UpstreamRequest>;
  /** What happens with requests from now on. */
  use(script: UpstreamScript): void;
  /** Destroys all connections and stops listening. */
  close(): Promise<void>;
}

/** Starts a server on the loopback interface, on a free port, that speaks OpenAI's chat completions. */
export async function startOpenAiUpstream(script: UpstreamScript = {}): Promise<OpenAiUpstream> {
  let current = script;
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: (request: UpstreamRequest) => void }[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const recorded = await receive(request, response);
    requests.push(recorded);
    for (const { count, resolve } of waiting) if (count === requests.length) resolve(recorded);
    playScript(current, recorded, requests.length, response);
  };
  const server = createServer((request, response) => {
    // A request that breaks off before it is read was none.
    serve(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get openSockets() {
      return sockets.size;
    },
    received: (count) =>
      new Promise((resolve) => {
        const request = requests[count - 1];
        if (request) resolve(request);
        else waiting.push({ count, resolve });
      }),
    use: (next) => {
      current = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As `UpstreamRequest`, but open to those who write it. */
export interface RecordedRequest extends UpstreamRequest {
  tokensSent: number;
  socketClosedAt: number | undefined;
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  // A client that goes away is what tests are about: no error.
  request.on('error', () => {});
  response.on('error', () => {});
  let text = '';
  request.setEncoding('utf8');
  let closed = (_at: number): void => {};
  const socketClosed = new Promise<number>((resolve) => {
    closed = resolve;
  });
  let recorded: RecordedRequest | undefined;
  request.socket.once('close', () => {
    const at = performance.now();
    if (recorded) recorded.socketClosedAt = at;
    closed(at);
  });
  for await (const part of request) text += part;
  const { method = '', url: path = '', headers } = request;
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  recorded = { method, path, headers, body, tokensSent: 0, socketClosedAt: undefined, socketClosed };
  return recorded;
}
