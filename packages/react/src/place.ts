import { type StreamOptions, randomToken } from '@tokenwire/client-kit';
import { type GenerationRequest, formatCursor, parseCursor } from '@tokenwire/protocol';
import { type Memory, memoryIn } from './memory.js';
import type { UseTokenStreamOptions } from './types.js';

/** What is asked: one of `request` and `after`, or nothing. */
export interface Question {
  readonly request: GenerationRequest | undefined;
  readonly after: string | undefined;
  /** All of it, and the name of the run, as one text: what tells it from another question. */
  readonly text: string;
}

/** How far an answer has been read, and how the next stream begins. */
export class Place {
  id: string | undefined;
  /** Of the last event that was applied. */
  seq = 0;
  /** The id is from the memory, and the server has not confirmed it. */
  recalled = false;
  readonly #question: Question;
  /** Set once reading has begun. */
  #memory: Memory | undefined;
  /** Under which the start can be repeated. */
  #key = '';

  constructor(question: Question) {
    this.#question = question;
  }

  get cursor(): string | undefined {
    return this.id === undefined ? undefined : formatCursor(this.id, this.seq);
  }

  /**
   * What the next stream begins with: what follows the last event, or the request.
   * @throws {TokenwireError} `invalid_cursor`
   */
  next(options: UseTokenStreamOptions): Pick<StreamOptions, 'request' | 'after' | 'idempotencyKey'> {
    const { request, after } = this.#question;
    // The stream refuses both together, and says so.
    if (request && after !== undefined) return { request, after };
    if (after !== undefined && this.id === undefined) ({ id: this.id, seq: this.seq } = parseCursor(after));
    if (request && !this.#memory) this.#recall(options);
    return this.id === undefined ? { request, idempotencyKey: this.#key } : { after: this.cursor };
  }

  /** The server has told the id. */
  learn(id: string | undefined): void {
    if (id === undefined || id === this.id) return;
    this.id = id;
    this.#remember();
  }

  /** The server does not know the answer any more: from now on it is a new one. */
  renew(options: UseTokenStreamOptions): void {
    this.id = undefined;
    this.recalled = false;
    this.#key = options.idempotencyKey ?? randomToken();
    this.#memory?.forget();
    this.#remember();
  }

  #recall({ resumeKey, storage, idempotencyKey }: UseTokenStreamOptions): void {
    this.#memory = memoryIn(resumeKey, storage);
    const known = this.#memory.recall(this.#question.text);
    this.#key = idempotencyKey ?? known?.key ?? randomToken();
    this.id = known?.id;
    this.recalled = known?.id !== undefined;
    if (!known) this.#remember();
  }

  #remember(): void {
    this.#memory?.remember(this.#question.text, { key: this.#key, id: this.id });
  }
}
