import type { Heap } from './bins.js';

/** What comes within a millisecond was in one piece: the page's clock sees no difference between "at once" and that. */
export const TOGETHER_MS = 1;
/** But a heap never reaches over more than a frame, so that a quick stream does not look like one heap. */
export const HEAP_LIMIT_MS = 16;

/**
 * Puts tokens that came together into heaps: those of one event, and those of events that were in one chunk, frame or poll.
 * The last heap stays open until something later is seen.
 */
export class HeapMaker {
  readonly #done: (heap: Heap) => void;
  #firstMs = Number.NaN;
  #lastMs = Number.NaN;
  #beforeMs = Number.NaN;
  #tokens = 0;

  constructor(done: (heap: Heap) => void) {
    this.#done = done;
  }

  /** Times must not go back. */
  add(atMs: number, tokens: number): void {
    if (tokens <= 0) return;
    const together = atMs - this.#lastMs <= TOGETHER_MS && atMs - this.#firstMs <= HEAP_LIMIT_MS;
    if (!together) {
      this.close();
      this.#firstMs = atMs;
    }
    this.#lastMs = atMs;
    this.#tokens += tokens;
  }

  /** Ends the open heap if nothing can belong to it any more. */
  closeBefore(nowMs: number): void {
    if (nowMs - this.#lastMs > TOGETHER_MS) this.close();
  }

  close(): void {
    if (this.#tokens === 0) return;
    this.#done({ atMs: this.#firstMs, tokens: this.#tokens, gapMs: this.#firstMs - this.#beforeMs });
    this.#beforeMs = this.#firstMs;
    this.#tokens = 0;
  }
}
