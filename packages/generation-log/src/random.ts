import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** An id that nobody can guess: `gen_` and 24 characters, 143 bits. */
export function randomId(): string {
  return `gen_${Array.from({ length: 24 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}

/** A seed for a request without one: 0 to 2³² − 1. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}
