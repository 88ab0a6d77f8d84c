import type { Content, ContentRules } from './content.js';
import { JsonContent } from './json.js';
import { meaning, type Meaning, type Tape } from './tape.js';

const field = (note: string): Meaning => meaning('sse-field', 'framing', note);

/** WHATWG HTML, section 9.2.6. */
const FIELDS: Readonly<Record<string, Meaning>> = {
  id: field('id: the cursor; a reconnect sends it as Last-Event-ID'),
  event: field('event: its type; without it, "message"'),
  retry: field('retry: milliseconds to wait before a reconnect'),
};
const DATA = field('data: the message');
const DATA_END = field('end of the line');
const COMMENT = meaning('sse-comment', 'framing', 'comment: readers skip it; a heartbeat');
const OTHER = field('a field that readers skip');
const EVENT_END = meaning('sse-event-end', 'framing', 'empty line: the event is whole');
const EMPTY = meaning('sse-event-end', 'framing', 'empty line: no data before it, so no event');

const [CR, LF, COLON, SPACE] = [0x0d, 0x0a, 0x3a, 0x20];
const isLineEnd = (byte: number | undefined): boolean => byte === CR || byte === LF;
/** `data:` */
const DATA_PREFIX = 5;
/** No field's name is longer. */
const NAME_LIMIT = 16;

/** Server-Sent Events (WHATWG HTML, section 9.2). Lines end with LF, CR or CRLF. */
export class EventStreamContent implements Content {
  #place: 'start' | 'name' | 'after-data' | 'data' | 'value' = 'start';
  #name = '';
  /** Bytes of the name that are told with its value. */
  #untold = 0;
  /** Of the line that is being read. */
  #field: Meaning = OTHER;
  #message: JsonContent | undefined;
  /** What the CR was that came last: an LF after it is a part of it. */
  #afterCr: Meaning | undefined;

  readonly tape: Tape;
  readonly rules: ContentRules;

  constructor(tape: Tape, rules: ContentRules) {
    this.tape = tape;
    this.rules = rules;
  }

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += this.#step(bytes, at);
    if (this.#place === 'value') this.#tellName();
  }

  end(): void {
    this.#message?.end();
    this.tape.tellRest('content', this.#place === 'after-data' ? DATA : OTHER);
  }

  /** Reads something of a line; returns how many bytes it was. */
  #step(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] ?? 0;
    const afterCr = this.#afterCr;
    this.#afterCr = undefined;
    if (afterCr && byte === LF) return this.#tell(1, afterCr);
    switch (this.#place) {
      case 'start':
        return this.#start(byte);
      case 'name':
        return this.#inName(byte);
      case 'after-data':
        this.#place = 'data';
        // One space after the colon is not part of the message.
        if (byte === SPACE) return this.#tell(DATA_PREFIX + 1, DATA);
        this.#tell(DATA_PREFIX, DATA);
        return 0;
      case 'data':
        return this.#data(bytes, at);
      case 'value':
        return this.#value(bytes, at);
    }
  }

  #tell(count: number, what: Meaning): number {
    this.tape.tell('content', count, what);
    return 1;
  }

  #start(byte: number): number {
    if (isLineEnd(byte)) {
      this.#endLine(byte, this.#message ? EVENT_END : EMPTY, 1);
      this.#message?.end();
      this.#message = undefined;
      return 1;
    }
    this.#name = '';
    this.#place = 'name';
    return 0;
  }

  #inName(byte: number): number {
    if (byte === COLON) {
      if (this.#name === 'data') {
        this.#place = 'after-data';
        return 1;
      }
      this.#field = this.#name === '' ? COMMENT : (FIELDS[this.#name] ?? OTHER);
      this.#place = 'value';
      this.#untold = this.#name.length + 1;
      return 1;
    }
    if (isLineEnd(byte)) {
      this.#endLine(byte, this.#name === 'data' ? DATA : (FIELDS[this.#name] ?? OTHER), this.#name.length + 1);
      return 1;
    }
    this.#name += String.fromCharCode(byte);
    if (this.#name.length <= NAME_LIMIT) return 1;
    this.#field = OTHER;
    this.#place = 'value';
    this.#untold = this.#name.length;
    return 1;
  }

  #tellName(): void {
    if (this.#untold > 0) this.tape.tell('content', this.#untold, this.#field);
    this.#untold = 0;
  }

  #data(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at);
    this.#message ??= new JsonContent(this.tape, 'event', this.rules.texts, this.rules.limitBytes);
    if (end > at) this.#message.read(bytes.subarray(at, end));
    if (end === bytes.length) return end - at;
    this.#message.settle();
    this.#endLine(bytes[end] ?? LF, DATA_END, 1);
    return end - at + 1;
  }

  #value(bytes: Uint8Array, at: number): number {
    const end = lineEnd(bytes, at);
    const isWhole = end < bytes.length;
    const count = end - at + (isWhole ? 1 : 0);
    if (isWhole) this.#endLine(bytes[end] ?? LF, this.#field, this.#untold + count);
    else this.tape.tell('content', this.#untold + count, this.#field);
    this.#untold = 0;
    return count;
  }

  #endLine(byte: number, what: Meaning, count: number): void {
    this.tape.tell('content', count, what);
    this.#place = 'start';
    this.#afterCr = byte === CR ? what : undefined;
  }
}

function lineEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) if (isLineEnd(bytes[at])) return at;
  return bytes.length;
}
