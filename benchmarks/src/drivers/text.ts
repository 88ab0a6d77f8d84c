/**
 * Lean reader of bare text (`Accept: text/plain`): of our chunked server, and of the control. Text has no events, so its
 * tokens are those of the trace, as far as their characters have come. See `LeanHttpOptions`.
 */
import type { Read, Sink } from './driver.js';
import { readBody } from './lean-http.js';

export const read: Read = (call, sink) => {
  const tokens = new Tokens(call.texts, sink);
  return readBody(call, sink, {
    accept: 'text/plain',
    open({ headers }) {
      const id = headers['tokenwire-generation'];
      if (typeof id === 'string') sink.id(id);
    },
    hear(piece) {
      tokens.hear(piece);
      return false;
    },
    // A warm-up says something else.
    mayEnd: () => tokens.complete || call.stream < 0,
  });
};

/** Cuts a text as another one was cut. */
class Tokens {
  readonly #texts: readonly string[];
  readonly #sink: Sink;
  #next = 0;
  #rest = '';

  constructor(texts: readonly string[], sink: Sink) {
    this.#texts = texts;
    this.#sink = sink;
  }

  hear(piece: string): void {
    let text = this.#rest + piece;
    for (;;) {
      const length = this.#texts[this.#next]?.length ?? Number.POSITIVE_INFINITY;
      if (text.length < length) break;
      this.#sink.token(text.slice(0, length));
      text = text.slice(length);
      this.#next += 1;
    }
    this.#rest = text;
  }

  /** Whether all tokens have come and nothing is left. */
  get complete(): boolean {
    return this.#next === this.#texts.length && this.#rest === '';
  }
}
