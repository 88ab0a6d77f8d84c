import { ChunkReader } from './chunks.js';
import { bodyContent, type Content, type ContentRules } from './content.js';
import type { Exchanges } from './exchanges.js';
import { FrameReader } from './frames.js';
import { HeadReader, type Head } from './heads.js';
import { beginningOf } from './joining.js';
import { meaning, type Meaning, type Tape } from './tape.js';

const CUT_HEAD = meaning('unknown', 'http', 'the connection ended inside of a head');
const CUT_BODY = meaning('unknown', 'framing', 'the connection ended inside of the body');

/** What is being read. */
type Place =
  | { readonly in: 'head' }
  | { readonly in: 'body'; readonly content: Content; left: number }
  | { readonly in: 'chunks'; readonly content: Content; readonly chunks: ChunkReader }
  | { readonly in: 'frames'; readonly frames: FrameReader }
  /** A request to upgrade was sent: what follows is frames, or another request. */
  | { readonly in: 'waiting'; readonly pieces: { readonly bytes: Uint8Array; readonly atMs: number }[] }
  | { readonly in: 'unknown'; readonly why: Meaning; readonly resynchronises: boolean };

/** Reads one direction of a connection: messages of HTTP/1.1 (RFC 9112), and frames after an upgrade. */
export class SideReader {
  readonly tape: Tape;
  readonly #exchanges: Exchanges;
  readonly #rules: ContentRules;
  #head: HeadReader;
  #place: Place = { in: 'head' };

  constructor(tape: Tape, exchanges: Exchanges, rules: ContentRules) {
    this.tape = tape;
    this.#exchanges = exchanges;
    this.#rules = rules;
    this.#head = this.#nextHead();
  }

  read(bytes: Uint8Array): void {
    if (this.#place.in === 'unknown') this.#resynchronise(bytes);
    for (let at = 0; at < bytes.length;) at += this.#step(bytes.subarray(at));
  }

  /** An upgrade was answered. */
  upgraded(isSocket: boolean): void {
    if (this.#place.in !== 'waiting') return;
    const { pieces } = this.#place;
    if (isSocket) this.#toFrames();
    else this.#toHead();
    const { atMs } = this.tape;
    for (const piece of pieces) {
      this.tape.atMs = piece.atMs;
      this.read(piece.bytes);
    }
    this.tape.atMs = atMs;
  }

  /** Something was not seen: what follows cannot be read, until a piece begins with something that is recognised. */
  lose(why: string): void {
    this.end();
    this.#place = { in: 'unknown', why: meaning('unknown', 'framing', why), resynchronises: true };
  }

  /** The connection carries nothing more. What comes after all begins with a head. */
  end(): void {
    if (this.#place.in === 'waiting') this.upgraded(false);
    const place = this.#place;
    if (place.in === 'body' || place.in === 'chunks') place.content.end();
    if (place.in === 'frames') place.frames.end();
    this.tape.tellRest('content', CUT_BODY);
    this.tape.tellRest('outer', place.in === 'chunks' ? CUT_BODY : CUT_HEAD);
    this.#toHead();
  }

  #nextHead(): HeadReader {
    const { tape } = this;
    return new HeadReader(tape, this.#rules.limitBytes, () => {
      tape.exchange = this.#exchanges.begin(tape.way);
    });
  }

  #toHead(): void {
    this.#place = { in: 'head' };
    this.#head = this.#nextHead();
  }

  #toFrames(): void {
    this.#place = { in: 'frames', frames: new FrameReader(this.tape, this.#rules) };
  }

  /** Reads something; returns how many bytes it was. */
  #step(bytes: Uint8Array): number {
    const place = this.#place;
    switch (place.in) {
      case 'head':
        return this.#readHead(bytes);
      case 'body': {
        const piece = bytes.subarray(0, place.left);
        place.left -= piece.length;
        this.#feed(place.content, piece);
        if (place.left === 0) this.#endBody(place.content);
        return piece.length;
      }
      case 'chunks':
        return this.#readChunks(bytes, place);
      case 'frames':
        place.frames.read(bytes);
        return bytes.length;
      case 'waiting':
        return this.#wait(bytes, place.pieces);
      case 'unknown':
        this.tape.put('outer', bytes);
        this.tape.tellRest('outer', place.why);
        return bytes.length;
    }
  }

  #feed(content: Content, bytes: Uint8Array): void {
    this.tape.put('content', bytes);
    content.read(bytes);
  }

  #readChunks(bytes: Uint8Array, { chunks, content }: Extract<Place, { in: 'chunks' }>): number {
    const { used, problem } = chunks.read(bytes);
    if (problem !== undefined) this.#fail(`chunked body: ${problem}`, 'framing', content);
    else if (chunks.isDone) this.#endBody(content);
    return used;
  }

  #readHead(bytes: Uint8Array): number {
    const { used, problem, head } = this.#head.read(bytes);
    if (problem !== undefined) this.#fail(problem, 'http');
    else if (head) this.#headIsWhole(head);
    return used;
  }

  #endBody(content: Content): void {
    content.end();
    this.#toHead();
  }

  #headIsWhole(head: Head): void {
    const { kind, bytes } = this.#exchanges.bodyOf(this.tape.way, head);
    if (kind === 'frames') this.#toFrames();
    else if (kind === 'waiting') this.#place = { in: 'waiting', pieces: [] };
    else if (kind === 'none') this.#toHead();
    else this.#toBody(head, kind === 'chunked' ? undefined : bytes);
    this.#exchanges.settle(this.tape.way, head);
  }

  #toBody(head: Head, bytes: number | undefined): void {
    const content = bodyContent(this.tape, head.headers, this.#rules);
    if (bytes !== undefined) {
      this.#place = { in: 'body', content, left: bytes };
      return;
    }
    const take = (piece: Uint8Array): void => this.#feed(content, piece);
    this.#place = { in: 'chunks', content, chunks: new ChunkReader(this.tape, this.#rules.limitBytes, take) };
  }

  #wait(bytes: Uint8Array, pieces: { readonly bytes: Uint8Array; readonly atMs: number }[]): number {
    pieces.push({ bytes, atMs: this.tape.atMs });
    const held = pieces.reduce((total, piece) => total + piece.bytes.length, 0);
    if (held < this.#rules.limitBytes) return bytes.length;
    const why = meaning('unknown', 'framing', 'an upgrade that nobody answered');
    this.#place = { in: 'unknown', why, resynchronises: false };
    for (const piece of pieces) this.tape.put('outer', piece.bytes);
    this.tape.tellRest('outer', why);
    return bytes.length;
  }

  /** Gives the rest of the connection up, the line that is wrong included. */
  #fail(problem: string, part: 'http' | 'framing', content?: Content): void {
    content?.end();
    const why = meaning('unknown', part, `cannot be read: ${problem}`);
    this.#place = { in: 'unknown', why, resynchronises: false };
    this.tape.tellRest('outer', why);
  }

  #resynchronise(bytes: Uint8Array): void {
    if (this.#place.in !== 'unknown' || !this.#place.resynchronises) return;
    const beginning = beginningOf(this.tape.way, bytes);
    if (beginning?.is === 'head') this.#toHead();
    else if (beginning?.is === 'frame') this.#toFrames();
    else if (beginning) this.#toBody({ headers: new Map([['content-type', beginning.type]]) }, undefined);
  }
}
