import { seededRandom } from '@tokenwire/token-source';

import { MEASURED, type Measured } from './modes.js';

/**
 * The order of each block: every mode once, shuffled, so that no mode always follows the same one or always runs when
 * the machine is warm. A pure function of the seed.
 */
export function blockOrders(seed: number, blocks: number): readonly (readonly Measured[])[] {
  const random = seededRandom(seed);
  return Array.from({ length: blocks }, () => shuffled(MEASURED, random));
}

/** Fisher and Yates' shuffle: every order is equally likely. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
