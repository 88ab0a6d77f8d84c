import type { PaneRecord } from '../../pane/pane-record.js';
import { Bins, type Heap } from './bins.js';
import { HeapMaker } from './heaps.js';
import { type Stall, StallFinder } from './stalls.js';
import { Tally } from './tally.js';

/**
 * Follows the record of a pane and keeps what the charts draw. Each event is looked at once, when `update` finds it; what
 * was seen never changes.
 */
export class Track {
  readonly record: PaneRecord;
  /** What arrived. */
  readonly arrivals = new Bins();
  /** When the same tokens were due, as far as that is known: the model's own timetable. */
  readonly due = new Bins();
  /** Inter-token latency: tᵢ − tᵢ₋₁, and 0 for each further token of a heap. */
  readonly itl = new Tally();
  /** Delivery latency D of each token: arrived − due. */
  readonly latency = new Tally();
  /** How many heaps there were of each number of tokens. */
  readonly #sizes = new Tally();
  readonly #stalls = new StallFinder();
  readonly #arrivalHeaps = new HeapMaker((heap) => this.#arrived(heap));
  readonly #dueHeaps = new HeapMaker((heap) => this.due.add(heap));
  #seen = 0;
  #timed = 0;
  #lastDueMs = Number.NEGATIVE_INFINITY;
  #version = -1;

  constructor(record: PaneRecord) {
    this.record = record;
  }

  /** Takes what is new. Gives whether anything was. */
  update(nowMs: number): boolean {
    const { record } = this;
    // A heap that was open may be complete, although nothing came.
    const before = this.arrivals.heaps.at.length;
    if (record.version !== this.#version) {
      for (; this.#seen < record.at.length; this.#seen += 1) {
        this.#arrivalHeaps.add(record.at[this.#seen] ?? nowMs, record.tokens[this.#seen] ?? 0);
      }
      this.#takeTimetable();
    }
    if (record.endMs === undefined) this.#arrivalHeaps.closeBefore(nowMs);
    else this.#arrivalHeaps.close();
    const changed = record.version !== this.#version || this.arrivals.heaps.at.length !== before;
    this.#version = record.version;
    return changed;
  }

  /** Tokens in all heaps that are complete. */
  get tokens(): number {
    const { total } = this.arrivals.heaps;
    return total.length === 0 ? 0 : total.last;
  }

  /** Tokens of the largest heap; 0 before the first. */
  get largest(): number {
    return this.#sizes.max ?? 0;
  }

  /** Tokens of the heap in the middle, if all are put in order of size; 0 before the first. */
  get usual(): number {
    return this.#sizes.quantile(0.5) ?? 0;
  }

  /** When the last token came; undefined before the first. */
  get lastMs(): number | undefined {
    const { at } = this.arrivals.heaps;
    return at.length === 0 ? undefined : at.last;
  }

  /** All silences that were or are stalls. */
  stalls(nowMs: number): readonly Stall[] {
    const open = this.lastMs !== undefined && this.record.running ? this.#stalls.open(this.lastMs, nowMs) : undefined;
    return open ? [...this.#stalls.stalls, open] : this.#stalls.stalls;
  }

  #arrived(heap: Heap): void {
    this.arrivals.add(heap);
    this.#sizes.add(heap.tokens);
    if (!Number.isNaN(heap.gapMs)) {
      this.itl.add(heap.gapMs);
      this.#stalls.gap(heap.atMs - heap.gapMs, heap.atMs);
    }
    this.itl.add(0, heap.tokens - 1);
  }

  /** Due times come later than the events, in their order. */
  #takeTimetable(): void {
    const { at, seqs, tokens, dueMs } = this.record;
    for (; this.#timed < at.length; this.#timed += 1) {
      const due = dueMs[seqs[this.#timed] ?? 0];
      if (due === undefined) break;
      const count = tokens[this.#timed] ?? 0;
      this.latency.add((at[this.#timed] ?? 0) - due, count);
      // The clock of the host is measured again now and then; a correction must not turn the order around.
      this.#lastDueMs = Math.max(this.#lastDueMs, due);
      this.#dueHeaps.add(this.#lastDueMs, count);
    }
    this.#dueHeaps.close();
  }
}
