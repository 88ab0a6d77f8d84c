import { TokenwireError } from './errors.js';

/**
 * A place in one generation's log: "I have applied every event up to and including `seq`".
 * On the wire it is `<generation id>.<seq>`, which is safe in a header and in a URL.
 */
export interface Cursor {
  readonly id: string;
  /** 0 is the start: nothing applied yet. */
  readonly seq: number;
}

/** `gen_` and at least 22 characters, which carry ≥ 128 random bits (62²² > 2¹³⁰). */
const GENERATION_ID = /^gen_[A-Za-z0-9]{22,64}$/;

/** Decimal without sign, exponent or leading zeros; at most 16 digits, so below 2⁵³ is checked on the number. */
const CURSOR = /^(gen_[A-Za-z0-9]{22,64})\.(0|[1-9][0-9]{0,15})$/;

/** Whether `text` has the form of a generation's id. It says nothing about its existence. */
export function isGenerationId(text: string): boolean {
  return GENERATION_ID.test(text);
}

/** The cursor's form on the wire. */
export function formatCursor(id: string, seq: number): string {
  return `${id}.${seq}`;
}

/**
 * Reads a cursor from the wire.
 * @throws {TokenwireError} `invalid_cursor` for anything that `formatCursor` cannot have written.
 */
export function parseCursor(text: string): Cursor {
  const match = CURSOR.exec(text);
  const seq = Number(match?.[2]);
  if (!match?.[1] || !Number.isSafeInteger(seq)) {
    throw new TokenwireError('invalid_cursor', 'A cursor has the form <generation id>.<seq>, as the server sent it.');
  }
  return { id: match[1], seq };
}
