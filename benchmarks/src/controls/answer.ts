/**
 * What all controls send: the trace as events of our protocol, encoded once per connection, as bare as a server can be.
 * No log, no cursor, no resume, no heartbeat, no backpressure, no routing.
 */
import type { EventEmitter } from 'node:events';

import { feed } from '../targets/feed.js';

/** The id of every control's answer: of the form that our clients expect. */
export const ID = 'gen_000000000000000000000000';

/** Where a connection's events go: as JSON texts that belong into one write. The first of them is number `seq`. */
export interface Listener {
  readonly write: (events: readonly string[], seq: number) => void;
  readonly end: () => void;
}

/** Numbers and encodes the events of one answer. */
export class Encoder {
  readonly #total: number;
  #seq = 0;
  #tokens = 0;

  /** @param total tokens of the whole answer. */
  constructor(total: number) {
    this.#total = total;
  }

  /** Seq of the event that comes next. */
  get seq(): number {
    return this.#seq + 1;
  }

  /** The event that opens an answer. */
  begin(): string[] {
    return [this.#event({ type: 'message_start', id: ID, model: 'trace' })];
  }

  /** The events of some tokens; those that open and close the block come with the first and the last. */
  tokens(texts: readonly string[]): string[] {
    const events =
      this.#tokens === 0 ? [this.#event({ type: 'content_block_start', index: 0, block: { type: 'text' } })] : [];
    for (const text of texts) {
      events.push(this.#event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }));
    }
    this.#tokens += texts.length;
    if (this.#tokens < this.#total) return events;
    const usage = { inputTokens: 0, outputTokens: this.#total };
    events.push(this.#event({ type: 'content_block_stop', index: 0 }));
    events.push(this.#event({ type: 'message_delta', stopReason: 'end_turn', usage }));
    events.push(this.#event({ type: 'message_stop' }));
    return events;
  }

  #event(body: object): string {
    return JSON.stringify({ seq: (this.#seq += 1), ...body });
  }
}

/** Plays one answer until it ends or its connection has closed. */
export async function play(stream: number, connection: EventEmitter, { write, end }: Listener): Promise<void> {
  const gone = new AbortController();
  connection.once('close', () => gone.abort());
  const batches = feed(stream, gone.signal);
  const encoder = new Encoder(batches.tokens);
  write(encoder.begin(), 1);
  for await (const texts of batches) {
    const { seq } = encoder;
    write(encoder.tokens(texts), seq);
  }
  if (!gone.signal.aborted) end();
}
