import { NOTHING, type Part, type Parts } from './parts.js';
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
  told: Told[];
  toldBytes: number;
  givenBytes: number;
}

/** A span to which more may be joined. */
type Growing = { -readonly [Key in keyof Span]: Span[Key] };

/** The bytes of one direction in their order, until somebody says what they are. */
export class Tape {
  /** Which exchange the bytes belong to that come from now on. */
  exchange = 0;
  /** The time of the bytes that come from now on. */
  atMs = 0;
  readonly #totals = { ...NOTHING };
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
    return { ...this.#totals };
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
    const spans: Growing[] = [];
    let [done, group] = [0, 0];
    for (const segment of this.#segments) {
      for (const told of segment.told) {
        this.#give(spans, segment, told, told.group === group);
        group = told.group;
      }
      segment.told = [];
      if (segment.givenBytes < segment.bytes.length) break;
      done++;
    }
    if (done > 0) this.#segments = this.#segments.slice(done);
    return spans;
  }

  /** @param isMore of what was given out last. */
  #give(spans: Growing[], segment: Segment, { bytes: count, kind, part, note }: Told, isMore: boolean): void {
    const { connection, way } = this;
    const { atMs, exchange, givenBytes: from } = segment;
    const bytes = segment.bytes.subarray(from, from + count);
    const unmasked = segment.unmasked?.subarray(from, from + count);
    const last = isMore ? spans.at(-1) : undefined;
    if (last) {
      last.atMs = atMs;
      last.bytes = joined(last.bytes, bytes);
      if (last.unmasked && unmasked) last.unmasked = joined(last.unmasked, unmasked);
    } else {
      const span = { connection, way, exchange, offset: this.#offset, bytes, kind, part, note, atMs };
      spans.push(unmasked ? { ...span, unmasked } : span);
    }
    segment.givenBytes += count;
    this.#offset += count;
    this.#totals[part] += count;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
