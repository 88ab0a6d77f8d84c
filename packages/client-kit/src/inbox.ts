import { type StreamEvent, TokenwireError, formatCursor, isGenerationId, textOf } from '@tokenwire/protocol';
import { badResponse, damaged } from './errors.js';
import { isEvent } from './check.js';

/**
 * What the application has got, and the batch it gets next. The cursor alone decides: what is at or before it is
 * dropped, what follows it is handed over, anything else is a gap.
 */
export class Inbox {
  id: string | undefined;
  /** Seq of the last event handed over. */
  seq: number;
  text = '';
  /** What is wrong with the rest of the batch. Thrown in its turn, so what came before is handed over first. */
  fault: TokenwireError | undefined;
  #batch: readonly unknown[] = [];
  #index = 0;

  constructor(start: { readonly id: string; readonly seq: number } | undefined) {
    this.id = start?.id;
    this.seq = start?.seq ?? 0;
  }

  get cursor(): string | undefined {
    return this.id === undefined ? undefined : formatCursor(this.id, this.seq);
  }

  /** @throws {TokenwireError} `bad_response` for another generation than the one being read. */
  learn(id: string): void {
    if (!isGenerationId(id)) throw badResponse('The server sent an id of an unknown form.');
    this.id ??= id;
    if (this.id !== id) throw badResponse('The server answered with another generation.');
  }

  load(batch: readonly unknown[]): void {
    this.#batch = batch;
    this.#index = 0;
    this.fault = undefined;
  }

  clear(): void {
    this.load([]);
  }

  /** The next new event. Synchronous, so the cursor moves in the same step in which the event is handed over. */
  take(): StreamEvent | undefined {
    while (this.#index < this.#batch.length) {
      const event = this.#batch[this.#index++];
      if (!isEvent(event, this.id)) {
        return this.#refuse(badResponse(`The server sent no event of this answer after seq ${this.seq}.`));
      }
      if (event.seq <= this.seq) continue;
      if (event.seq > this.seq + 1) return this.#refuse(damaged(`The server sent a gap after seq ${this.seq}.`));
      this.seq = event.seq;
      this.text += textOf(event);
      return event;
    }
    return undefined;
  }

  #refuse(fault: TokenwireError): undefined {
    this.#batch = [];
    this.fault = fault;
  }
}
