import { isTerminal, type StreamEvent } from '@tokenwire/protocol';

import type { Sink } from './driver.js';

/** What every lean reader does to an event, and no more: parse it, check its place, take out its token. */
export class EventReader {
  /** Whether the terminal event has come. */
  finished = false;
  readonly #sink: Sink;
  #seq = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** @param json one event. @throws when it is no JSON, or says that the answer failed. */
  read(json: string): void {
    this.take(JSON.parse(json) as StreamEvent);
  }

  /** @throws when the event says that the answer failed. */
  take(event: StreamEvent): void {
    const { seq } = event;
    if (seq !== this.#seq + 1) this.#misplaced(seq);
    else this.#seq = seq;
    if (event.type === 'content_block_delta') {
      if (event.delta.type === 'text_delta') this.#sink.token(event.delta.text);
      return;
    }
    if (event.type === 'message_start') this.#sink.id(event.id);
    if (!isTerminal(event)) return;
    if (event.type !== 'message_stop') throw new Error(`the answer ended with ${JSON.stringify(event)}`);
    this.finished = true;
  }

  #misplaced(seq: number): void {
    if (seq <= this.#seq) return this.#sink.doubled(1);
    this.#sink.lost(seq - this.#seq - 1);
    this.#seq = seq;
  }
}

/** Cuts text that comes in pieces at a separator. */
export class Splitter {
  readonly #separator: string;
  readonly #take: (part: string) => void;
  #rest = '';

  constructor(separator: string, take: (part: string) => void) {
    this.#separator = separator;
    this.#take = take;
  }

  hear(piece: string): void {
    const text = this.#rest === '' ? piece : this.#rest + piece;
    let start = 0;
    for (let end = text.indexOf(this.#separator); end >= 0; end = text.indexOf(this.#separator, start)) {
      if (end > start) this.#take(text.slice(start, end));
      start = end + this.#separator.length;
    }
    this.#rest = text.slice(start);
  }
}
