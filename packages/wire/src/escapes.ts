const LETTER_U = 0x75;

/** How an escape in a JSON string divides (RFC 8259, section 7). */
export interface Escape {
  /** Bytes of the escape, its backslash included: 2 or 6. */
  readonly bytes: number;
  /** Bytes that its character has in UTF-8. */
  readonly character: number;
}

/** Reads escapes of JSON strings byte by byte. */
export class EscapeReader {
  #read = 0;
  #hex = '';
  #afterHighSurrogate = false;

  /** Bytes of the escape so far; 0 outside of one. */
  get held(): number {
    return this.#read;
  }

  /** A backslash. */
  begin(): void {
    this.#read = 1;
    this.#hex = '';
  }

  /** No escape, or none that is whole. */
  leave(): void {
    this.#read = 0;
    this.#afterHighSurrogate = false;
  }

  /** @returns the escape when it is whole. */
  take(byte: number): Escape | undefined {
    this.#read++;
    if (this.#read > 2) this.#hex += String.fromCharCode(byte);
    const bytes = this.#read > 2 || byte === LETTER_U ? 6 : 2;
    if (this.#read < bytes) return undefined;
    this.#read = 0;
    return { bytes, character: bytes === 2 ? this.#short() : this.#unicode() };
  }

  #short(): number {
    this.#afterHighSurrogate = false;
    return 1;
  }

  /** Half of a pair takes three bytes, as U+FFFD would; the other half after it adds the fourth. */
  #unicode(): number {
    const unit = Number.parseInt(this.#hex, 16);
    const isSecondHalf = this.#afterHighSurrogate && unit >= 0xdc00 && unit <= 0xdfff;
    this.#afterHighSurrogate = unit >= 0xd800 && unit <= 0xdbff;
    if (isSecondHalf) return 1;
    return unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
}
