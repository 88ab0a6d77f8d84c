import type { Part, Span, SpanKind, Way } from '@tokenwire/wire';

/** A stretch of bytes with one meaning, within a row. */
export interface Cell {
  readonly kind: SpanKind;
  readonly part: Part;
  readonly note: string;
  /** Position of the first byte in its direction of the connection. */
  readonly offset: number;
  /** How many bytes it is; `bytes` has only the first of them. */
  size: number;
  /** As sent; at most `CELL_LIMIT`. */
  bytes: Uint8Array;
  /** The same without a frame's mask. */
  clear: Uint8Array | undefined;
}

/** What is shown in one line: bytes that belong together, or something that happened. */
export interface Row {
  /** Grows from row to row. */
  readonly id: number;
  readonly connection: number;
  readonly way: Way;
  readonly exchange: number;
  /** When its last byte came, in milliseconds of the tap's clock. */
  atMs: number;
  readonly cells: Cell[];
  /** Something that happened, in words; such a row has no cells. */
  readonly event: string | undefined;
  /** The row with the start line of the head that it is a part of. */
  readonly headId: number | undefined;
  /** Of a start line: the headers after it. */
  headers: number;
  /** Of a start line: bytes of the whole head. */
  headBytes: number;
  /** Grows with every change of the row. */
  version: number;
}

/** Bytes that are kept of one cell. What is longer is cut, and says so. */
export const CELL_LIMIT = 1_024;
/** A row with more goes on in the next one. */
const ROW_CELLS = 64;
const ROW_BYTES = 4_096;

const CONTENT: ReadonlySet<SpanKind> = new Set(['json', 'text', 'body']);
const START: ReadonlySet<SpanKind> = new Set(['request-line', 'status-line']);

/** The last rows of all connections, and not more than a given number of cells. */
export class Rows {
  #rows: Row[] = [];
  #cells = 0;
  #nextId = 0;
  #dropped = 0;
  readonly #limit: number;
  /** The last row of each direction of each connection, and the start line that headers belong to. */
  readonly #last = new Map<string, { row: Row; start: Row | undefined }>();

  /** @param limit of cells; a quarter more may be there for a moment. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get all(): readonly Row[] {
    return this.#rows;
  }

  /** Cells that were there and are not kept any more. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds what was read. */
  add(span: Span): void {
    const key = `${span.way} ${span.connection}`;
    const before = this.#last.get(key);
    if (before && joins(before.row, span)) return this.#extend(before.row, span);
    const isStart = START.has(span.kind);
    const isHead = span.part === 'http' && !isStart;
    const start = isHead ? before?.start : undefined;
    const row = this.#push(span, start?.id);
    if (start) {
      start.headBytes += span.bytes.length;
      if (span.kind === 'header') start.headers += 1;
      start.version += 1;
    }
    if (isStart) row.headBytes = span.bytes.length;
    this.#last.set(key, { row, start: isStart ? row : start });
  }

  /** Adds something that happened. Nothing before it goes on after it. */
  tell(event: string, { connection, way, atMs }: Pick<Row, 'connection' | 'way' | 'atMs'>): void {
    this.#last.delete(`up ${connection}`);
    this.#last.delete(`down ${connection}`);
    this.#append({ connection, way, atMs, exchange: -1, cells: [], event, headId: undefined });
  }

  /** Nothing goes on in the rows that are there: some of what comes after them is not shown. */
  breakOff(): void {
    this.#last.clear();
  }

  #push(span: Span, headId: number | undefined): Row {
    const { connection, way, exchange, atMs } = span;
    const row = this.#append({ connection, way, exchange, atMs, cells: [cellOf(span)], event: undefined, headId });
    this.#cells += 1;
    this.#trim();
    return row;
  }

  #append(fields: Omit<Row, 'id' | 'headers' | 'headBytes' | 'version'>): Row {
    const row: Row = { ...fields, id: this.#nextId++, headers: 0, headBytes: 0, version: 0 };
    this.#rows.push(row);
    return row;
  }

  #extend(row: Row, span: Span): void {
    row.atMs = span.atMs;
    row.version += 1;
    const last = row.cells.at(-1);
    if (last && last.kind === span.kind && last.part === span.part && last.note === span.note) {
      last.size += span.bytes.length;
      last.bytes = appended(last.bytes, span.bytes);
      if (last.clear && span.unmasked) last.clear = appended(last.clear, span.unmasked);
      return;
    }
    row.cells.push(cellOf(span));
    this.#cells += 1;
    this.#trim();
  }

  /** Not with every row, because taking from the front of an array costs its length. */
  #trim(): void {
    if (this.#cells <= this.#limit * 1.25) return;
    let rows = 0;
    for (const { cells } of this.#rows) {
      if (this.#cells <= this.#limit) break;
      this.#cells -= cells.length;
      this.#dropped += cells.length;
      rows += 1;
    }
    this.#rows = this.#rows.slice(rows);
  }
}

/** Whether a span belongs into the line that is there: an event with what is around it, a mask with its header. */
function joins(row: Row, { kind, exchange }: Span): boolean {
  const last = row.cells.at(-1);
  if (!last || row.exchange !== exchange || row.cells.length >= ROW_CELLS) return false;
  if (CONTENT.has(kind)) {
    const size = row.cells.reduce((total, cell) => total + cell.size, 0);
    return (CONTENT.has(last.kind) || last.kind === 'sse-field') && size < ROW_BYTES;
  }
  // A line that came in two pieces.
  if (kind === last.kind && (kind === 'sse-field' || kind === 'sse-comment')) return !isEnded(last);
  if (kind === 'sse-field' || kind === 'ndjson-line-end') return CONTENT.has(last.kind);
  return kind === 'frame-mask' && last.kind === 'frame-header';
}

function isEnded({ bytes, size }: Cell): boolean {
  const byte = bytes.at(-1);
  return bytes.length < size || byte === 0x0a || byte === 0x0d;
}

function cellOf({ kind, part, note, offset, bytes, unmasked }: Span): Cell {
  // Copies, because a small part of a piece would keep all of it in memory.
  const clear = unmasked?.slice(0, CELL_LIMIT);
  return { kind, part, note, offset, size: bytes.length, bytes: bytes.slice(0, CELL_LIMIT), clear };
}

function appended(before: Uint8Array, more: Uint8Array): Uint8Array {
  const room = CELL_LIMIT - before.length;
  if (room <= 0) return before;
  const all = new Uint8Array(before.length + Math.min(room, more.length));
  all.set(before);
  all.set(more.subarray(0, room), before.length);
  return all;
}
