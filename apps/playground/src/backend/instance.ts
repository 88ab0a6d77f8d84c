import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Characters of a mark: 62⁴ are enough for the few servers that live at the same time. */
const MARK_LENGTH = 4;

/** Characters that follow the mark: 143 random bits, as in every other server. */
const RANDOM_LENGTH = 24;

/** Which server an answer is kept by: what its ids begin with, so that whoever stands in front can find it. */
export function randomMark(): string {
  return randomText(MARK_LENGTH);
}

/** A maker of ids that bear `mark`. */
export function markedId(mark: string): string {
  return `gen_${mark}${randomText(RANDOM_LENGTH)}`;
}

/** The mark in an id; undefined when there is none. */
export function markOf(id: string): string | undefined {
  return new RegExp(`^gen_([0-9A-Za-z]{${MARK_LENGTH}})[0-9A-Za-z]{${RANDOM_LENGTH}}$`).exec(id)?.[1];
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
