import type { Tape } from './tape.js';

const LF = 0x0a;

/** Collects one line after the other, on the tape and as text. */
export class LineKeeper {
  #line = '';
  #isTooLong = false;

  readonly tape: Tape;
  readonly limitBytes: number;

  constructor(tape: Tape, limitBytes: number) {
    this.tape = tape;
    this.limitBytes = limitBytes;
  }

  /** There was a line above the limit; what came of it is on the tape. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /**
   * Takes bytes up to the end of a line, LF or CRLF (RFC 9112, section 2.2).
   * @returns how many it took, and the line without its end when it is whole.
   */
  read(bytes: Uint8Array): { readonly used: number; readonly line?: string } {
    const end = bytes.indexOf(LF);
    const used = Math.min(end === -1 ? bytes.length : end + 1, this.limitBytes - this.#line.length);
    const piece = bytes.subarray(0, used);
    this.tape.put('outer', piece);
    for (const byte of piece) this.#line += String.fromCharCode(byte);
    if (!this.#line.endsWith('\n')) {
      this.#isTooLong = this.#line.length >= this.limitBytes;
      return { used };
    }
    const line = this.#line.replace(/\r?\n$/, '');
    this.#line = '';
    return { used, line };
  }
}
