/**
 * A generator of pseudo-random numbers in [0, 1) that repeats itself for the same seed, on every machine.
 * `seed` is an integer from 0 to 2³² − 1; of anything larger only the low 32 bits count.
 *
 * The algorithm is mulberry32 by Tommy Ettinger (public domain): 32 bits of state, a period of 2³² numbers.
 * Good enough to draw tokens and delays; useless for secrets.
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
