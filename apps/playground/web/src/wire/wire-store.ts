import { ConnectionReader, NOTHING, type Parts, type Span, totalOf, type Way } from '@tokenwire/wire';
import type { TapPiece } from '../../../src/control-protocol.js';
import { type Row, Rows } from './rows.js';
import { bytesOf } from './wire-source.js';

/** Spans that are kept to be looked at. */
export const KEPT_SPANS = 2_000;
/** Connections that are kept in mind after their end: a half-closed one may go on. */
const KEPT_CONNECTIONS = 64;

const REQUEST = /^[A-Z]{3,20} \S+ HTTP\/1/;
const LINE_BYTES = 256;
const ENDS: Readonly<Record<NonNullable<TapPiece['end']>, string>> = {
  fin: 'closed (FIN)',
  rst: 'reset (RST)',
  other: 'goes on with requests of other panes',
};

/** Everything that the panel shows. Outside of React: it changes with every piece, and is looked at once a frame. */
export class WireStore {
  readonly #rows: Rows;
  readonly #readers = new Map<number, ConnectionReader>();
  readonly #listeners = new Set<() => void>();
  readonly #totals = { up: { ...NOTHING }, down: { ...NOTHING } };
  #fed = 0;
  #missed = 0;
  #startMs: number | undefined;
  #lastMs = 0;
  /** All bytes when it was paused. */
  #pausedAt: number | undefined;

  constructor(keptSpans = KEPT_SPANS) {
    this.#rows = new Rows(keptSpans);
  }

  get rows(): readonly Row[] {
    return this.#rows.all;
  }

  get dropped(): number {
    return this.#rows.dropped;
  }

  /** Bytes by part and way, also of what is not kept, and of what passes during a pause. */
  get totals(): Readonly<Record<Way, Parts>> {
    return this.#totals;
  }

  /** Bytes that came and are not understood yet. */
  get pending(): number {
    return this.#fed - totalOf(this.#totals.up) - totalOf(this.#totals.down);
  }

  /** Bytes that the tap could not deliver. */
  get missed(): number {
    return this.#missed;
  }

  /** When the first piece came, in milliseconds of the tap's clock. */
  get startMs(): number {
    return this.#startMs ?? 0;
  }

  /** While it is paused: bytes that have passed since. */
  get passed(): number | undefined {
    return this.#pausedAt === undefined ? undefined : this.#fed - this.#pausedAt;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes what the tap brings. */
  readonly take = (pieces: readonly TapPiece[]): void => {
    for (const piece of pieces) this.#piece(piece);
    this.#changed();
  };

  /** Rows stay as they are; counting goes on. */
  pause(): void {
    this.#pausedAt ??= this.#fed;
    this.#changed();
  }

  /** Goes on, and says how much has passed. */
  resume(): void {
    const { passed } = this;
    if (passed === undefined) return;
    this.#pausedAt = undefined;
    this.#announce(`${passed.toLocaleString('en')} bytes passed during the pause; they are counted, and not shown`);
    this.#changed();
  }

  /** Nobody watches from now on. What comes when somebody does again may begin anywhere. */
  leave(): void {
    if (this.#readers.size === 0) return;
    for (const reader of this.#readers.values()) this.#add(reader.end());
    this.#readers.clear();
    const words = 'Not watched: bytes that pass from here on are neither shown nor counted';
    if (this.#pausedAt === undefined) this.#announce(words);
    this.#changed();
  }

  #announce(event: string): void {
    this.#rows.breakOff();
    this.#rows.tell(event, { connection: -1, way: 'down', atMs: this.#lastMs });
  }

  #piece(piece: TapPiece): void {
    const { connection, way, atMs, missed, end } = piece;
    this.#startMs ??= atMs;
    this.#lastMs = atMs;
    const bytes = bytesOf(piece);
    const reader = this.#readerOf(connection, way, bytes);
    if (missed !== undefined) {
      this.#missed += missed;
      this.#add(reader.skip(way, missed));
      this.#tell(`${missed.toLocaleString('en')} bytes were not seen: the page was too slow`, piece);
    }
    this.#fed += bytes.length;
    if (bytes.length > 0) this.#add(reader.feed(way, bytes, atMs));
    if (end === undefined) return;
    this.#add(reader.end());
    this.#tell(ENDS[end], piece);
    this.#forgetOld();
  }

  #readerOf(connection: number, way: Way, bytes: Uint8Array): ConnectionReader {
    const known = this.#readers.get(connection);
    if (known) return known;
    // Whoever opens the panel in mid-answer sees connections that were there before.
    const fromStart = way === 'up' && REQUEST.test(String.fromCharCode(...bytes.subarray(0, LINE_BYTES)));
    const reader = new ConnectionReader(connection, { fromStart });
    this.#readers.set(connection, reader);
    return reader;
  }

  #add(spans: readonly Span[]): void {
    for (const span of spans) {
      const { way, part, bytes } = span;
      this.#totals[way][part] += bytes.length;
      if (this.#pausedAt === undefined) this.#rows.add(span);
    }
  }

  #tell(event: string, { connection, way, atMs }: TapPiece): void {
    if (this.#pausedAt === undefined) this.#rows.tell(`Connection ${connection}: ${event}`, { connection, way, atMs });
  }

  #forgetOld(): void {
    for (const connection of this.#readers.keys()) {
      if (this.#readers.size <= KEPT_CONNECTIONS) return;
      this.#readers.delete(connection);
    }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
