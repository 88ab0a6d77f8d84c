import { MAX_BATCH_BYTES, type GenerationLog, type LogEntry } from './log.js';

export interface ReadOptions {
  /** Ends the reading; what was not delivered stays in the log. */
  readonly signal?: AbortSignal;
  /** Most that one batch may take when it is written, default `MAX_BATCH_BYTES`; a single larger entry comes alone. */
  readonly maxBatchBytes?: number;
  /** Called once, when this reader has ended for whatever reason. */
  readonly onClose?: () => void;
}

type Result = IteratorResult<readonly LogEntry[], undefined>;

const DONE: Result = { value: undefined, done: true };

/**
 * A position in a log. Written by hand, not as an async generator: it runs for every token and reader,
 * and needs one promise per batch and no listener per batch.
 */
export class LogReader implements AsyncIterableIterator<readonly LogEntry[], undefined> {
  readonly #log: GenerationLog;
  readonly #maxBatchBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #onClose: () => void;
  readonly #close = (): void => this.#end();
  #seq: number;
  #closed = false;
  #waiting: ((result: Result) => void) | undefined;

  /** Use `log.read()`. */
  constructor(log: GenerationLog, seq: number, options: ReadOptions, onClose: () => void) {
    this.#log = log;
    this.#seq = seq;
    this.#maxBatchBytes = options.maxBatchBytes ?? MAX_BATCH_BYTES;
    this.#signal = options.signal;
    this.#onClose = onClose;
  }

  /** Begins to watch the signal. Apart from the constructor, because an aborted signal ends the reader at once. */
  open(): void {
    if (this.#signal?.aborted) this.#end();
    else this.#signal?.addEventListener('abort', this.#close, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const result = this.#poll();
    if (result) return Promise.resolve(result);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(DONE);
  }

  /** Called by the log after it has grown. */
  wake(): void {
    if (!this.#waiting) return;
    const result = this.#poll();
    if (!result) return;
    const resolve = this.#waiting;
    this.#waiting = undefined;
    resolve(result);
  }

  /** What can be said now, or undefined for "nothing yet". */
  #poll(): Result | undefined {
    if (this.#closed) return DONE;
    const batch = this.#log.takeFlushed(this.#seq, this.#maxBatchBytes);
    const last = batch.at(-1);
    if (last) {
      this.#seq = last.seq;
      return { value: batch, done: false };
    }
    if (!this.#log.terminal) return undefined;
    this.#end();
    return DONE;
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal?.removeEventListener('abort', this.#close);
    this.#onClose();
    this.#waiting?.(DONE);
    this.#waiting = undefined;
  }
}
