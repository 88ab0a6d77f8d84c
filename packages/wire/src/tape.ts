import { add, NOTHING, type Part, type Parts } from './parts.js';
import type { Span, SpanKind, Way } from './span.js';

/** What a stretch of bytes is. */
export interface Meaning {
  readonly kind: SpanKind;
  readonly part: Part;
  readonly note: string;
}

/** Makes a meaning. */
export const meaning = (kind: SpanKind, part: Part, note = ''): Meaning => ({ kind, part, note });

/**
 * Who will say what bytes are. Two can wait at once: a line of an answer that is cut by the end of a chunk is not
 * understood yet when the chunk's end is.
 */
export type Holder = 'outer' | 'content';

interface Told extends Meaning {
  readonly bytes: number;
  /** Bytes with the same number got their meaning at once: they are one thing. */
  readonly group: number;
}

interface Segment {
  readonly bytes: Uint8Array;
  readonly unmasked: Uint8Array | undefined;
  readonly atMs: number;
  readonly exchange: number;
  readonly told: Told[];
  toldBytes: number;
  givenBytes: number;
}

/** A span before its pieces are joined. */
type Draft = Omit<Span, 'bytes' | 'unmasked'> & {
  readonly group: number;
  readonly pieces: Uint8Array[];
  readonly clear: Uint8Array[];
};

/** The bytes of one direction in their order, until somebody says what they are. */
export class Tape {
  /** Which exchange the bytes belong to that come from now on. */
  exchange = 0;
  /** The time of the bytes that come from now on. */
  atMs = 0;
  #totals: Parts = NOTHING;
  #offset = 0;
  #group = 0;
  #segments: Segment[] = [];
  readonly #waiting: Record<Holder, Segment[]> = { outer: [], content: [] };
  readonly #held: Record<Holder, number> = { outer: 0, content: 0 };

  readonly connection: number;
  readonly way: Way;

  constructor(connection: number, way: Way) {
    this.connection = connection;
    this.way = way;
  }

  /** Bytes of all spans that were given out, by part. */
  get totals(): Parts {
    return this.#totals;
  }

  /** Takes bytes whose meaning comes later. */
  put(holder: Holder, bytes: Uint8Array, unmasked?: Uint8Array): void {
    if (bytes.length === 0) return;
    const { atMs, exchange } = this;
    const segment: Segment = { bytes, unmasked, atMs, exchange, told: [], toldBytes: 0, givenBytes: 0 };
    this.#segments.push(segment);
    this.#waiting[holder].push(segment);
    this.#held[holder] += bytes.length;
  }

  /** How many bytes this holder has not spoken about. */
  held(holder: Holder): number {
    return this.#held[holder];
  }

  /** Says what the next `count` bytes of this holder are. */
  tell(holder: Holder, count: number, { kind, part, note }: Meaning): void {
    const group = ++this.#group;
    this.#held[holder] -= count;
    const waiting = this.#waiting[holder];
    for (let left = count; left > 0;) {
      const [segment] = waiting;
      if (!segment) throw new RangeError('More bytes were explained than came.');
      const bytes = Math.min(left, segment.bytes.length - segment.toldBytes);
      segment.told.push({ kind, part, note, bytes, group });
      segment.toldBytes += bytes;
      left -= bytes;
      if (segment.toldBytes === segment.bytes.length) waiting.shift();
    }
  }

  /** Says the same of everything that this holder has not spoken about. */
  tellRest(holder: Holder, what: Meaning): void {
    if (this.#held[holder] > 0) this.tell(holder, this.#held[holder], what);
  }

  /** Bytes that were never seen: offsets go on after them. */
  skip(bytes: number): void {
    this.#offset += bytes;
  }

  /** What is known by now, in order, up to the first byte that is not. */
  take(): Span[] {
    const drafts: Draft[] = [];
    let done = 0;
    for (const segment of this.#segments) {
      for (const told of segment.told.splice(0)) this.#give(drafts, segment, told);
      if (segment.givenBytes < segment.bytes.length) break;
      done++;
    }
    this.#segments = this.#segments.slice(done);
    return drafts.map(({ group: _, pieces, clear, ...span }) => ({
      ...span,
      bytes: joined(pieces),
      ...(clear.length > 0 ? { unmasked: joined(clear) } : {}),
    }));
  }

  #give(drafts: Draft[], segment: Segment, { bytes: count, group, kind, part, note }: Told): void {
    const { connection, way } = this;
    const { atMs, exchange, givenBytes: from } = segment;
    const piece = segment.bytes.subarray(from, from + count);
    const clear = segment.unmasked?.subarray(from, from + count);
    segment.givenBytes += count;
    const last = drafts.at(-1);
    if (last?.group === group) {
      last.pieces.push(piece);
      if (clear) last.clear.push(clear);
      drafts[drafts.length - 1] = { ...last, atMs };
    } else {
      const clears = clear ? [clear] : [];
      const at = { connection, way, exchange, offset: this.#offset, atMs };
      drafts.push({ ...at, kind, part, note, group, pieces: [piece], clear: clears });
    }
    this.#offset += count;
    this.#totals = add(this.#totals, { [part]: count });
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first) return first;
  const all = new Uint8Array(pieces.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
