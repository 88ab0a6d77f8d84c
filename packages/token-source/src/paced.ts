import { TokenwireError } from '@tokenwire/protocol';
import type { Timetable } from './cadence.js';
import type { Piece, SourceContext } from './source.js';

/** Most pieces in one batch. Only overdue or unpaced pieces come near it. */
export const MAX_BATCH_PIECES = 512;
/** A batch is closed when its text has reached this many UTF-16 units; one larger piece travels alone. */
export const MAX_BATCH_CHARS = 65_536;

type Batch = readonly Piece[];

/**
 * Hands out `pieces` when `timetable` says so: first an empty batch at once ("accepted"), then at each
 * wake-up every piece that is due, with `dueMs` set on the clock's scale. The start is the first `next()`.
 *
 * Cost: one timer and one promise per wake-up, however many pieces are due. At most one piece is taken from
 * `pieces` before it is due, so a slow reader makes nothing pile up. Every batch waits for a timer, if only
 * of 0 ms, so that no stream keeps the event loop to itself.
 *
 * Ends at once, without a timer left, when the signal aborts or the reader returns; `pieces` is then returned
 * as well. What `pieces` throws is thrown here, after everything that came before it was handed out.
 */
export function paced(
  pieces: Iterable<Piece>,
  timetable: Timetable,
  context: SourceContext,
): AsyncIterableIterator<Batch> {
  return new Paced(pieces, timetable, context);
}

class Paced implements AsyncIterableIterator<Batch> {
  readonly #pieces: Iterator<Piece>;
  readonly #timetable: Timetable;
  readonly #context: SourceContext;
  #startMs: number | undefined;
  /** The next piece, and when it is due. */
  #ahead: Piece | undefined;
  #aheadDueMs = 0;
  #failure: { readonly error: unknown } | undefined;
  #finished = false;
  /** Set while a reader waits. */
  #settle: ((result: IteratorResult<Batch>) => void) | undefined;
  #callOff: (() => void) | undefined;

  constructor(pieces: Iterable<Piece>, timetable: Timetable, context: SourceContext) {
    this.#pieces = pieces[Symbol.iterator]();
    this.#timetable = timetable;
    this.#context = context;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Batch>> {
    if (this.#startMs === undefined) return this.#start();
    if (this.#settle) return Promise.reject(new TokenwireError('internal', 'next() while another next() is waiting.'));
    if (!this.#finished && !this.#ahead) this.#pull();
    if (this.#ahead) return new Promise(this.#wait);
    const failure = this.#failure;
    this.#failure = undefined;
    this.#finish();
    return failure ? Promise.reject(failure.error) : Promise.resolve(done());
  }

  return(): Promise<IteratorResult<Batch>> {
    this.#stop();
    return Promise.resolve(done());
  }

  #start(): Promise<IteratorResult<Batch>> {
    this.#startMs = this.#context.clock.now();
    if (this.#context.signal.aborted) this.#stop();
    if (this.#finished) return Promise.resolve(done());
    this.#context.signal.addEventListener('abort', this.#stop);
    return Promise.resolve({ done: false, value: [] });
  }

  // Arrow functions, made once per stream rather than once per wake-up.
  readonly #wait = (settle: (result: IteratorResult<Batch>) => void): void => {
    this.#settle = settle;
    this.#arm(this.#context.clock.now());
  };

  readonly #wake = (): void => {
    const now = this.#context.clock.now();
    // Timers of some systems fire up to a millisecond early; a token never appears before it is due.
    if (this.#aheadDueMs > now) return this.#arm(now);
    const settle = this.#settle;
    this.#callOff = undefined;
    this.#settle = undefined;
    settle?.({ done: false, value: this.#take(now) });
  };

  readonly #stop = (): void => {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#failure = undefined;
    this.#finish();
    settle?.(done());
  };

  #arm(now: number): void {
    this.#callOff = this.#context.clock.after(Math.max(0, this.#aheadDueMs - now), this.#wake);
  }

  #take(now: number): Batch {
    const batch: Piece[] = [];
    let chars = 0;
    for (let piece = this.#ahead; piece; piece = this.#ahead) {
      if (this.#aheadDueMs > now || batch.length >= MAX_BATCH_PIECES || chars >= MAX_BATCH_CHARS) break;
      piece.dueMs = this.#aheadDueMs;
      batch.push(piece);
      chars += charsOf(piece);
      this.#pull();
    }
    return batch;
  }

  /** Moves on to the next piece. A failure waits until what came before it has been read. */
  #pull(): void {
    this.#ahead = undefined;
    try {
      const { done, value } = this.#pieces.next();
      if (done) {
        this.#finished = true;
        return;
      }
      this.#aheadDueMs = (this.#startMs ?? 0) + this.#timetable(value.tokens ?? tokensOf(value));
      this.#ahead = value;
    } catch (error) {
      this.#finished = true;
      this.#failure = { error };
    }
  }

  #finish(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#ahead = undefined;
    this.#context.signal.removeEventListener('abort', this.#stop);
    if (!this.#finished) this.#pieces.return?.();
    this.#finished = true;
  }
}

function done(): IteratorReturnResult<undefined> {
  return { done: true, value: undefined };
}

function tokensOf(piece: Piece): number {
  return piece.type === 'tool_use' || piece.type === 'end' ? 0 : 1;
}

function charsOf(piece: Piece): number {
  if (piece.type === 'text') return piece.text.length;
  if (piece.type === 'thinking') return piece.thinking.length;
  return piece.type === 'tool_input' ? piece.partialJson.length : 0;
}
