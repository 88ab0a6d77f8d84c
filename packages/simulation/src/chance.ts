import { seededRandom } from '@tokenwire/token-source';

/** Seeded chance. Streams with different names are independent: what one draws changes nothing for another. */
export class Chance {
  readonly #seed: number;
  readonly #name: string;
  readonly #random: () => number;

  constructor(seed: number, name = '') {
    this.#seed = seed;
    this.#name = name;
    this.#random = seededRandom(hash(`${seed}${name}`));
  }

  /** A stream of its own, the same for the same seed and name. */
  fork(name: string | number): Chance {
    return new Chance(this.#seed, `${this.#name}/${name}`);
  }

  /** In [0, 1). */
  readonly next = (): number => this.#random();

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  /** True with this probability. */
  is(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  /** One of the keys; its weight says how often. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.#random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) if ((left -= weight) < 0) return key;
    return (entries.at(-1) as [K, number])[0];
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  return mixed >>> 0;
}
