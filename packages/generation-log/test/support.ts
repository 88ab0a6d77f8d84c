import { VirtualClock } from '@tokenwire/protocol/testing';
import type { Piece, SourceContext, SourceRequest, TokenSource } from '@tokenwire/token-source';

import { Generations, type GenerationsOptions, type LogEntry, type StartRequest } from '../src/index.js';

/** Lets all promises that can settle do so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A model whose every word the test decides. */
export class ScriptedModel {
  request: SourceRequest | undefined;
  /** Times that a connection to the model was closed. */
  closed = 0;
  aborted = false;
  /** Set to keep a source that does not react to the abort signal. */
  deaf = false;
  readonly #queue: (readonly Piece[] | Error | 'end')[] = [];
  #wake: () => void = () => {};

  say(...texts: string[]): void {
    this.#push(texts.map((text) => ({ type: 'text', text })));
  }

  accept(): void {
    this.#push([]);
  }

  push(...pieces: Piece[]): void {
    this.#push(pieces);
  }

  finish(): void {
    this.#push([{ type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 2 } }]);
  }

  fail(error: Error): void {
    this.#push(error);
  }

  /** Ends without an end piece. */
  hangUp(): void {
    this.#push('end');
  }

  #push(item: readonly Piece[] | Error | 'end'): void {
    this.#queue.push(item);
    this.#wake();
  }

  readonly source: TokenSource = (request, context) => this.#run(request, context);

  async *#run(request: SourceRequest, { signal }: SourceContext): AsyncGenerator<readonly Piece[]> {
    this.request = request;
    signal.addEventListener('abort', () => {
      this.aborted = true;
      if (!this.deaf) this.#wake();
    });
    try {
      for (;;) {
        const item = this.#queue.shift();
        if (item === 'end') return;
        if (item instanceof Error) throw item;
        if (item) yield item;
        else if (signal.aborted && !this.deaf) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.closed += 1;
    }
  }
}

export const REQUEST: StartRequest = {
  model: 'scripted',
  messages: [{ role: 'user', content: 'Hello' }],
  maxTokens: 10,
  temperature: 0,
  tools: [],
  thinking: false,
  onDisconnect: { graceMs: 30_000 },
};

/** A registry over one scripted model in virtual time. */
export function setUp(options: Partial<GenerationsOptions> = {}) {
  const clock = new VirtualClock();
  const model = new ScriptedModel();
  const generations = new Generations({ resolve: () => model.source, clock, ...options });
  return { clock, model, generations };
}

/** Reads until the end of the log. */
export async function readAll(batches: AsyncIterable<readonly LogEntry[]>): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const batch of batches) entries.push(...batch);
  return entries;
}

export const typesOf = (entries: readonly LogEntry[]): string[] =>
  entries.map(({ json }) => (JSON.parse(json) as { type: string }).type);
