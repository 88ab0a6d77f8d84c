import { LineKeeper } from './lines.js';
import { meaning, type Tape } from './tape.js';

const CHUNK_END = meaning('chunk-end', 'framing', 'CRLF: the chunk ends');
const TRAILER = meaning('header', 'framing', 'trailer: a header after the body');
const BODY_END = meaning('chunk-end', 'framing', 'empty line: the body ends');

/** How many bytes were read, and what is wrong with them. */
export interface Progress {
  readonly used: number;
  /** For a note. */
  readonly problem?: string | undefined;
}

/** The chunked transfer coding (RFC 9112, section 7.1). */
export class ChunkReader {
  #place: 'size' | 'data' | 'end' | 'trailer' | 'done' = 'size';
  #left = 0;
  readonly tape: Tape;
  readonly content: (bytes: Uint8Array) => void;
  readonly #lines: LineKeeper;

  /** @param content takes what is in the chunks. */
  constructor(tape: Tape, limitBytes: number, content: (bytes: Uint8Array) => void) {
    this.tape = tape;
    this.content = content;
    this.#lines = new LineKeeper(tape, limitBytes);
  }

  get isDone(): boolean {
    return this.#place === 'done';
  }

  /** Reads something of the body. */
  read(bytes: Uint8Array): Progress {
    if (this.#place === 'data') return { used: this.#data(bytes) };
    const { used, line } = this.#lines.read(bytes);
    if (line === undefined) return { used, problem: this.#lines.isTooLong ? 'an endless line' : undefined };
    return { used, problem: this.#line(line) };
  }

  #data(bytes: Uint8Array): number {
    const piece = bytes.subarray(0, this.#left);
    this.#left -= piece.length;
    if (this.#left === 0) this.#place = 'end';
    this.content(piece);
    return piece.length;
  }

  #line(line: string): string | undefined {
    switch (this.#place) {
      case 'size':
        return this.#size(line);
      case 'end':
        if (line !== '') return 'a chunk does not end where its size says';
        this.tape.tellRest('outer', CHUNK_END);
        this.#place = 'size';
        return undefined;
      default:
        this.tape.tellRest('outer', line === '' ? BODY_END : TRAILER);
        if (line === '') this.#place = 'done';
        return undefined;
    }
  }

  #size(line: string): string | undefined {
    const digits = /^([\da-f]{1,13})(?:[ \t]*;.*)?[ \t]*$/i.exec(line)?.[1];
    if (digits === undefined) return 'no size of a chunk';
    const size = Number.parseInt(digits, 16);
    const note = size === 0 ? 'last chunk: size 0' : `chunk of ${size} ${size === 1 ? 'byte' : 'bytes'} (0x${digits})`;
    this.tape.tellRest('outer', meaning(size === 0 ? 'last-chunk' : 'chunk-size', 'framing', note));
    this.#left = size;
    this.#place = size === 0 ? 'trailer' : 'data';
    return undefined;
  }
}
