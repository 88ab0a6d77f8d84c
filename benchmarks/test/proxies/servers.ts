import { CLIENTS, eventually, startServer, type RunningServer } from '@tokenwire/conformance';
import { isTerminal, type Mode } from '@tokenwire/protocol';
import { fileURLToPath } from 'node:url';

import { SERVER_OF } from '../../src/compare/modes.js';
import type { RunningProxy } from '../../src/proxies/proxy.js';
import { SpokenModel } from '../support/spoken-model.js';

/** Our built servers, and a model that speaks on command. */
export class Servers {
  readonly model: SpokenModel;
  readonly #servers = new Map<string, RunningServer>();

  private constructor(model: SpokenModel) {
    this.model = model;
  }

  static async start(): Promise<Servers> {
    const servers = new Servers(await SpokenModel.start());
    const env = { TOKENWIRE_COMPATIBLE_URL: servers.model.url };
    for (const name of new Set(Object.values(SERVER_OF))) {
      const main = fileURLToPath(new URL(`../../../apps/server-${name}/dist/main.js`, import.meta.url));
      servers.#servers.set(name, await startServer(main, { args: ['--drain-ms', '0'], env }));
    }
    return servers;
  }

  url(mode: Mode): string {
    return this.#servers.get(SERVER_OF[mode])?.url ?? '';
  }

  /** Starts an answer, without a reader. */
  async begin(mode: Mode): Promise<string> {
    const response = await fetch(`${this.url(mode)}/generations`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'compatible/spoken', prompt: 'x', onDisconnect: 'continue' }),
    });
    const { id } = (await response.json()) as { readonly id: string };
    return id;
  }

  /** The text that the log holds. */
  async logged(mode: Mode, id: string): Promise<string> {
    const response = await fetch(`${this.url(mode)}/generations/${id}`);
    return ((await response.json()) as { readonly text: string }).text;
  }

  async readers(mode: Mode): Promise<number> {
    const text = await (await fetch(`${this.url(mode)}/metrics`)).text();
    return Number(/^tokenwire_readers (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
  }

  async close(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop();
    await this.model.close();
  }
}

/** Reads an answer through a proxy, from its beginning. */
export class Reader {
  text = '';
  /** Settles when the answer is over. */
  readonly done: Promise<void>;
  readonly #stream: ReturnType<(typeof CLIENTS)[Mode]>;

  constructor(proxy: Pick<RunningProxy, 'url'>, mode: Mode, id: string) {
    this.#stream = CLIENTS[mode]({ url: proxy.url, after: `${id}.0`, retry: { maxAttempts: 1 } });
    this.done = this.#read();
    // Whoever waits for it hears of it.
    this.done.catch(() => {});
  }

  /** Waits until the text so far is this, or the reader has failed. */
  async has(text: string): Promise<void> {
    await Promise.race([this.done, eventually(`"${text}" at the reader`, () => this.text === text)]);
    if (this.text !== text) throw new Error(`the answer is over, and the text is "${this.text}", not "${text}"`);
  }

  leave(): void {
    this.#stream.detach();
  }

  async #read(): Promise<void> {
    for await (const event of this.#stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') this.text += event.delta.text;
      if (isTerminal(event)) return;
    }
  }
}
