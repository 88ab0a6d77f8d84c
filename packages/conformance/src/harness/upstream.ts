import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SCRIPTS, type Scene } from './upstream-scripts.js';

/** One request that reached the upstream. */
export interface UpstreamCall {
  /** The last message of the conversation: tests put a name of their own there. */
  readonly prompt: string;
  /** The credentials that came with it. */
  readonly authorization: string | undefined;
  /** Content chunks sent so far. */
  chunks: number;
  /** Whether the connection was closed before the answer's end. */
  aborted: boolean;
}

/** Models of the upstream. */
export type UpstreamModel = keyof typeof SCRIPTS;

/** A model server that speaks the OpenAI wire format and records how it is treated. */
export class Upstream {
  readonly calls: UpstreamCall[] = [];
  /** Requests to the other host, to which the model `redirecting` sends: there should be none. */
  readonly strays: IncomingMessage[] = [];
  readonly #server: Server;
  readonly #elsewhere: Server;

  private constructor() {
    this.#server = createServer((req, res) => void this.#answer(req, res));
    this.#elsewhere = createServer((req, res) => {
      this.strays.push(req);
      res.end();
    });
  }

  /** Starts one on a free port of loopback. */
  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    for (const server of [upstream.#server, upstream.#elsewhere]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return upstream;
  }

  /** The base URL, with the version. */
  get url(): string {
    return `${originOf(this.#server)}/v1`;
  }

  /** Calls with this prompt. */
  callsFor(prompt: string): readonly UpstreamCall[] {
    return this.calls.filter((call) => call.prompt === prompt);
  }

  async close(): Promise<void> {
    for (const server of [this.#server, this.#elsewhere]) {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
    const { model, messages } = JSON.parse(Buffer.concat(parts).toString()) as {
      readonly model: UpstreamModel;
      readonly messages: readonly { readonly content: string }[];
    };
    const prompt = messages.at(-1)?.content ?? '';
    const call: UpstreamCall = { prompt, authorization: req.headers.authorization, chunks: 0, aborted: false };
    this.calls.push(call);
    res.on('close', () => {
      call.aborted = !res.writableFinished;
    });
    const attempt = this.callsFor(prompt).length;
    const scene: Scene = { call, res, attempt, elsewhere: `${originOf(this.#elsewhere)}/v1/chat/completions` };
    SCRIPTS[model](scene);
  }
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
