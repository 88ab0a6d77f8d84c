import type { DirectionFaults } from './faults.js';

/** What passes a direction: bytes, or the end that the sender gave it. */
export interface Piece {
  readonly bytes: Buffer;
  readonly end?: 'fin' | 'rst';
  /** When it may pass, on the clock of `performance.now`. */
  readonly dueAt: number;
}

/** Bytes on their way: first held, when they are to come in bulk, then delayed. The order never changes. */
export class DelayLine {
  /** Bytes that are delayed, without those that are held for bulk. */
  bytes = 0;
  #faults: DirectionFaults;
  readonly #random: () => number;
  readonly #onPiece: () => void;
  readonly #pieces: Piece[] = [];
  #held: Buffer[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastDueAt = 0;

  constructor(faults: DirectionFaults, random: () => number, onPiece: () => void) {
    this.#faults = faults;
    this.#random = random;
    this.#onPiece = onPiece;
  }

  get faults(): DirectionFaults {
    return this.#faults;
  }

  /** Applies to what comes from now on; what is held is let go. */
  set faults(faults: DirectionFaults) {
    this.#faults = faults;
    this.#release();
  }

  /** The piece that passes next. */
  get first(): Piece | undefined {
    return this.#pieces[0];
  }

  add(bytes: Buffer): void {
    const { coalesceMs, coalesceBytes = coalesceMs === undefined ? 0 : Infinity } = this.#faults;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= coalesceBytes) return this.#release();
    if (coalesceMs !== undefined) this.#timer ??= setTimeout(() => this.#release(), coalesceMs);
  }

  /** The sender has ended. A reset, too, comes after what was sent before it. */
  end(how: 'fin' | 'rst'): void {
    this.#release();
    this.#push({ bytes: Buffer.alloc(0), end: how, dueAt: this.#due() });
  }

  /** Takes at most `count` bytes from the first piece. */
  take(count: number): Buffer {
    const first = this.#pieces.shift();
    if (first === undefined) return Buffer.alloc(0);
    const taken = first.bytes.subarray(0, count);
    if (taken.length < first.bytes.length) {
      this.#pieces.unshift({ ...first, bytes: first.bytes.subarray(taken.length) });
    }
    this.bytes -= taken.length;
    return taken;
  }

  /** Forgets everything. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = [];
    this.#heldBytes = 0;
    this.#pieces.length = 0;
    this.bytes = 0;
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#heldBytes === 0) return;
    const bytes = this.#held.length === 1 ? (this.#held[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#push({ bytes, dueAt: this.#due() });
  }

  #due(): number {
    const { latencyMs = 0, jitterMs = 0 } = this.#faults;
    const delay = jitterMs === 0 ? latencyMs : latencyMs + (2 * this.#random() - 1) * jitterMs;
    this.#lastDueAt = Math.max(this.#lastDueAt, performance.now() + Math.max(0, delay));
    return this.#lastDueAt;
  }

  #push(piece: Piece): void {
    this.#pieces.push(piece);
    this.bytes += piece.bytes.length;
    this.#onPiece();
  }
}
