import type { StopReason, StreamEvent, TokenLogprob } from '@tokenwire/protocol';

/**
 * The tokens of an answer with their probabilities, in their order. Grows with the pane's events: what was read is not read
 * again, so a frame costs what has come since the last one.
 */
export class TokenIndex {
  readonly #events: readonly StreamEvent[];
  readonly #tokens: TokenLogprob[] = [];
  #read = 0;
  #model = '';
  #stopReason: StopReason | undefined;
  #hasText = false;
  #ended = false;

  /** @param events may grow, and must not change otherwise. */
  constructor(events: readonly StreamEvent[]) {
    this.#events = events;
  }

  /** How many there are. */
  get count(): number {
    return this.#tokens.length;
  }

  /** The model that answers; `''` until the answer has begun. */
  get model(): string {
    return this.#model;
  }

  /** Why the model stopped; undefined before, and where it was stopped. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  /** Whether there was any content, with or without probabilities. */
  get hasContent(): boolean {
    return this.#hasText;
  }

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#ended;
  }

  at(index: number): TokenLogprob | undefined {
    return this.#tokens[index];
  }

  /** Up to `count` tokens before `index`, in their order. */
  before(index: number, count: number): readonly TokenLogprob[] {
    return this.#tokens.slice(Math.max(0, index - count), index);
  }

  /** Reads what has come since the last time. */
  update(): void {
    for (; this.#read < this.#events.length; this.#read += 1) {
      const event = this.#events[this.#read]!;
      switch (event.type) {
        case 'message_start':
          this.#model = event.model;
          break;
        case 'content_block_delta':
          this.#hasText = true;
          if (event.logprobs) this.#tokens.push(...event.logprobs);
          break;
        case 'message_delta':
          this.#stopReason = event.stopReason;
          break;
        case 'message_stop':
        case 'cancelled':
        case 'error':
          this.#ended = true;
      }
    }
  }
}
