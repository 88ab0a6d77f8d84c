import { Column } from './column.js';

/** Tokens that came together. */
export interface Heap {
  /** When the first of them came, in milliseconds of `performance.now`. */
  readonly atMs: number;
  readonly tokens: number;
  /** Since the heap before; NaN for the first one. */
  readonly gapMs: number;
}

/** Heaps, or bins of them that have the same width, in columns of the same length. Empty bins take no place. */
export class Level {
  /** When the first heap of each bin came. Ascending. */
  readonly at = new Column();
  /** Tokens of the largest heap. */
  readonly most = new Column();
  /** All tokens so far, this bin included. */
  readonly total = new Column();
  /** The shortest and the longest time before a heap of the bin; NaN when only the very first heap is in it. */
  readonly shortest = new Column();
  readonly longest = new Column();
  /** Width of a bin in milliseconds; 0: each heap is a bin of its own. */
  readonly binMs: number;
  #bin = Number.NEGATIVE_INFINITY;

  constructor(binMs: number) {
    this.binMs = binMs;
  }

  add({ atMs, tokens, gapMs }: Heap): void {
    const bin = this.binMs === 0 ? this.at.length : Math.floor(atMs / this.binMs);
    const before = this.at.length === 0 ? 0 : this.total.last;
    if (bin > this.#bin) {
      this.#bin = bin;
      this.at.push(atMs);
      this.most.push(tokens);
      this.total.push(before + tokens);
      this.shortest.push(gapMs);
      this.longest.push(gapMs);
      return;
    }
    this.most.setLast(Math.max(this.most.last, tokens));
    this.total.setLast(before + tokens);
    // A gap that is not known is on neither side.
    this.shortest.setLast(Number.isNaN(this.shortest.last) ? gapMs : Math.min(this.shortest.last, gapMs));
    this.longest.setLast(Number.isNaN(this.longest.last) ? gapMs : Math.max(this.longest.last, gapMs));
  }
}

const FINEST_MS = 4;
/** Bins of 4 ms to 65 s: a day still fits into some hundred pixels. */
const LEVELS = 15;

/**
 * The same heaps in bins of many widths, each twice as wide as the one before. A drawing takes the widest that is not
 * wider than a pixel, so that it never looks at more than two bins per pixel, however long the answer is.
 */
export class Bins {
  /** Every heap. */
  readonly heaps = new Level(0);
  readonly #levels = Array.from({ length: LEVELS }, (_, index) => new Level(FINEST_MS * 2 ** index));

  add(heap: Heap): void {
    this.heaps.add(heap);
    for (const level of this.#levels) level.add(heap);
  }

  /** The level to draw when a pixel is so many milliseconds wide. */
  levelFor(msPerPixel: number): Level {
    const step = Math.floor(Math.log2(msPerPixel / FINEST_MS));
    return step < 0 ? this.heaps : (this.#levels[Math.min(step, LEVELS - 1)] ?? this.heaps);
  }

  /** Tokens that came until then. */
  totalAt(atMs: number): number {
    const index = this.heaps.at.firstAbove(atMs);
    return index === 0 ? 0 : this.heaps.total.at(index - 1);
  }
}
