import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { eventually } from '@tokenwire/conformance';

/** A model behind our servers that says a token when a test wants it, and not before. OpenAI's wire format. */
export class SpokenModel {
  readonly #server: Server;
  #answer: ServerResponse | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (req, res: ServerResponse) => {
      req.resume();
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      this.#answer = res;
    });
  }

  static async start(): Promise<SpokenModel> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SpokenModel(server);
  }

  /** For `TOKENWIRE_COMPATIBLE_URL`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Waits until it is asked, and says a token. One answer at a time. */
  async say(text: string): Promise<void> {
    await this.#write({ choices: [{ index: 0, delta: { content: text } }] });
  }

  async end(): Promise<void> {
    await this.#write({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    this.#answer?.end('data: [DONE]\n\n');
    this.#answer = undefined;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #write(chunk: object): Promise<void> {
    const answer = await eventually('the model is asked', () => this.#answer);
    answer.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
}
