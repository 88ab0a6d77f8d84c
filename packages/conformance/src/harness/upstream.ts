import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that reached the upstream. */
export interface UpstreamCall {
  /** The last message of the conversation: tests put a name of their own there. */
  readonly prompt: string;
  /** Content chunks sent so far. */
  chunks: number;
  /** Whether the connection was closed before the answer's end. */
  aborted: boolean;
}

const CHUNK_INTERVAL_MS = 10;

/** What the upstream does, by the model's name. */
const SCRIPTS = {
  /** Ten chunks and a proper end. */
  short: (call, res) => speak(call, res, 10, () => finish(res)),
  /** Speaks until the connection is closed. */
  endless: (call, res) => speak(call, res, Number.POSITIVE_INFINITY, () => {}),
  'rate-limited': (_call, res) => refuse(res, 429, { 'retry-after': '30' }),
  // It asks for a short wait, so that tests do not wait for the server's own retries.
  failing: (_call, res) => refuse(res, 500, { 'retry-after-ms': '1' }),
  /** Five chunks, then an error in the stream. */
  'breaks-off': (call, res) => speak(call, res, 5, () => void res.end('data: {"error":{"message":"overloaded"}}\n\n')),
  /** Five chunks, then the stream ends in good order, but without reason and end marker. */
  truncating: (call, res) => speak(call, res, 5, () => void res.end()),
  /** Five chunks, then the connection is reset. */
  resetting: (call, res) => speak(call, res, 5, () => res.socket?.resetAndDestroy()),
} as const satisfies Record<string, (call: UpstreamCall, res: ServerResponse) => void>;

/** Models of the upstream. */
export type UpstreamModel = keyof typeof SCRIPTS;

/** A model server that speaks the OpenAI wire format and records how it is treated. */
export class Upstream {
  readonly calls: UpstreamCall[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((req, res) => void this.#answer(req, res));
  }

  /** Starts one on a free port of loopback. */
  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  /** The base URL, with the version. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Calls with this prompt. */
  callsFor(prompt: string): readonly UpstreamCall[] {
    return this.calls.filter((call) => call.prompt === prompt);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
    const { model, messages } = JSON.parse(Buffer.concat(parts).toString()) as {
      readonly model: UpstreamModel;
      readonly messages: readonly { readonly content: string }[];
    };
    const call: UpstreamCall = { prompt: messages.at(-1)?.content ?? '', chunks: 0, aborted: false };
    this.calls.push(call);
    res.on('close', () => {
      call.aborted = !res.writableFinished;
    });
    SCRIPTS[model](call, res);
  }
}

function refuse(res: ServerResponse, status: number, headers: Record<string, string>): void {
  res.writeHead(status, { ...headers, 'content-type': 'application/json' });
  res.end(JSON.stringify({ error: { message: `secret detail of the upstream, status ${status}`, type: 'test' } }));
}

function speak(call: UpstreamCall, res: ServerResponse, count: number, then: () => void): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => {
    if (call.chunks === count) {
      clearInterval(timer);
      return then();
    }
    call.chunks += 1;
    res.write(chunk({ content: `${call.chunks} ` }, null));
  }, CHUNK_INTERVAL_MS);
  res.on('close', () => clearInterval(timer));
}

function finish(res: ServerResponse): void {
  res.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}

function chunk(delta: object, reason: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: reason }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices })}\n\n`;
}
