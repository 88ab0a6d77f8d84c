import {
  formatCursor,
  isTerminal,
  textOf,
  type Clock,
  type EventBody,
  type StreamEvent,
  type TerminalEvent,
} from '@tokenwire/protocol';

import type { FlushPolicy } from './flush-policy.js';
import { LogReader, type ReadOptions } from './log-reader.js';

// A reaction to a settled promise is a microtask too; Node's `queueMicrotask` adds an async resource to each.
const RESOLVED = Promise.resolve();

/** One event, numbered and encoded. All readers on all transports send the same `json`. */
export interface LogEntry {
  readonly seq: number;
  /** The event as JSON text, without line breaks. */
  readonly json: string;
  /** Size of `json` in UTF-8. */
  readonly bytes: number;
}

/**
 * Most that one batch makes a transport write, framing included, so that with what waits in a socket before it
 * (less than Node's mark of 16 KiB) a stalled reader holds at most 64 KiB. A single larger entry comes alone.
 */
export const MAX_BATCH_BYTES = 48 * 1024;

/** What is reckoned for the framing around one entry: `id:` and `data:` of SSE are the longest. */
const FRAME_BYTES = 64;

/** When an event was wanted and when it came, in milliseconds of the log's clock. */
export interface EntryTiming {
  /** NaN for events without a timetable. */
  readonly dueMs: number;
  readonly appendedMs: number;
}

/**
 * Everything one generation has said: append-only, numbered from 1, read from a cursor.
 *
 * The log is the only buffer. A reader owns a position and nothing else, so a slow reader costs no memory:
 * it lags behind, and later catches up in larger batches.
 */
export class GenerationLog {
  readonly id: string;
  readonly #clock: Clock;
  readonly #entries: LogEntry[] = [];
  // Apart from the entries: V8 keeps arrays of numbers unboxed, which saves two heap objects a token.
  readonly #dueMs: number[] = [];
  readonly #appendedMs: number[] = [];
  readonly #readers = new Set<LogReader>();
  /** Most entries of one batch for a reader. */
  readonly #maxEntries: number;
  /** How long entries are collected before readers get them; 0: not at all. */
  readonly #collectMs: number;
  /** While entries are collected: readers see none after this one. */
  #shownSeq = 0;
  #callOffCollecting: (() => void) | undefined;
  #terminal: TerminalEvent | undefined;
  #wakeQueued = false;
  #batching = false;
  #sizeBytes = 0;
  #text = '';
  /** Everything up to this seq is in `#text`. */
  #textSeq = 0;

  constructor(id: string, clock: Clock, flush: FlushPolicy = 'tick') {
    this.id = id;
    this.#clock = clock;
    this.#maxEntries = flush === 'token' ? 1 : Number.POSITIVE_INFINITY;
    this.#collectMs = typeof flush === 'number' ? flush : 0;
  }

  /** Seq of the newest entry; 0 while the log is empty. */
  get lastSeq(): number {
    return this.#entries.length;
  }

  /** The event that ended the log; undefined while it grows. */
  get terminal(): TerminalEvent | undefined {
    return this.#terminal;
  }

  /** All text of the answer so far. Put together when asked for, so that it costs nothing per token. */
  get text(): string {
    const parts = this.#entries.slice(this.#textSeq).map(({ json }) => textOf(JSON.parse(json) as StreamEvent));
    this.#text += parts.join('');
    this.#textSeq = this.#entries.length;
    return this.#text;
  }

  /** Cursor of the newest entry. */
  get cursor(): string {
    return formatCursor(this.id, this.lastSeq);
  }

  /** Size of the kept JSON in UTF-16 units: for texts in Latin script about the bytes in memory. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Readers that are waiting or have not finished. */
  get readerCount(): number {
    return this.#readers.size;
  }

  /**
   * Numbers `body`, encodes it once and wakes the readers.
   * @param dueMs when the timetable wanted it; omit for events without one.
   * @throws {Error} when the log has ended: nothing may follow a terminal event.
   */
  append(body: EventBody, dueMs = Number.NaN): LogEntry {
    if (this.#terminal) throw new Error(`generation ${this.id} has ended; nothing can be appended`);
    const seq = this.#entries.length + 1;
    // One call makes one flat string; joining parts would keep all of them in memory.
    const json = JSON.stringify({ seq, ...body });
    const entry: LogEntry = { seq, json, bytes: Buffer.byteLength(json) };
    this.#entries.push(entry);
    this.#dueMs.push(dueMs);
    this.#appendedMs.push(this.#clock.now());
    this.#sizeBytes += json.length;
    if (isTerminal(body)) {
      this.#terminal = { ...body, seq };
      this.#endCollecting();
    } else if (this.#collectMs > 0) this.#collect();
    this.#wakeReadersSoon();
    return entry;
  }

  /**
   * Appends several events in `write`, and wakes the readers once, at the end and at once. Without it they are woken
   * a microtask after an append, which costs a promise.
   */
  batch(write: () => void): void {
    this.#batching = true;
    try {
      write();
    } finally {
      this.#batching = false;
      this.#wakeReaders();
    }
  }

  /** When entry `seq` was due and appended. */
  timing(seq: number): EntryTiming {
    return { dueMs: this.#dueMs[seq - 1] ?? Number.NaN, appendedMs: this.#appendedMs[seq - 1] ?? Number.NaN };
  }

  /**
   * Entries strictly after `seq`, as many as fit into `maxBytes` with their framing, at least one if there is one.
   * Empty when the reader has caught up.
   */
  take(seq: number, maxBytes: number): readonly LogEntry[] {
    return this.#take(seq, maxBytes, this.#entries.length);
  }

  /** The same as far as the flush policy lets a reader have it now. */
  takeFlushed(seq: number, maxBytes: number): readonly LogEntry[] {
    const shown = this.#callOffCollecting ? this.#shownSeq : this.#entries.length;
    return this.#take(seq, maxBytes, Math.min(shown, seq + this.#maxEntries));
  }

  #take(seq: number, maxBytes: number, lastSeq: number): readonly LogEntry[] {
    const entries = this.#entries;
    let end = seq;
    for (let room = maxBytes; end < lastSeq; end += 1) {
      room -= (entries[end]?.bytes ?? 0) + FRAME_BYTES;
      if (room < 0 && end > seq) break;
    }
    return entries.slice(seq, end);
  }

  /**
   * Batches of everything strictly after `seq`, until the terminal event has been delivered or the signal aborts.
   * Caught up: batches as they are appended, or as the flush policy wants them. Behind: one large batch.
   */
  read(seq: number, options: ReadOptions = {}): LogReader {
    const reader = new LogReader(this, seq, options, () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#endCollecting();
      options.onClose?.();
    });
    this.#readers.add(reader);
    reader.open();
    return reader;
  }

  /** One microtask for all entries of a tick: a source that appends eight tokens wakes its readers once. */
  #wakeReadersSoon(): void {
    if (this.#batching || this.#wakeQueued || this.#callOffCollecting || this.#readers.size === 0) return;
    this.#wakeQueued = true;
    void RESOLVED.then(this.#wakeReaders);
  }

  readonly #wakeReaders = (): void => {
    this.#wakeQueued = false;
    if (this.#callOffCollecting) return;
    for (const reader of this.#readers) reader.wake();
  };

  /** Readers get the newest entry, and all that follow it, when the time is over: one timer for all of them. */
  #collect(): void {
    if (this.#callOffCollecting || this.#readers.size === 0) return;
    this.#shownSeq = this.lastSeq - 1;
    this.#callOffCollecting = this.#clock.after(this.#collectMs, this.#showCollected);
  }

  readonly #showCollected = (): void => {
    this.#endCollecting();
    this.#wakeReaders();
  };

  #endCollecting(): void {
    this.#callOffCollecting?.();
    this.#callOffCollecting = undefined;
  }
}
