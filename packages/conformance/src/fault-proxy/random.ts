/** What separates neighbouring streams of numbers: 2³² divided by the golden ratio. */
const STEP = 0x9e3779b9;

/**
 * Numbers in [0, 1), the same for the same `seed` and `path`, on every machine. `path` says what they are for, a
 * connection and a direction for example, so that no use of chance disturbs another.
 *
 * A counter through the finalizer of MurmurHash3 (Austin Appleby, public domain): plenty for delays, useless for secrets.
 */
export function randomOf(seed: number, ...path: readonly number[]): () => number {
  let state = path.reduce((hash, part) => finalize(hash + Math.imul(part + 1, STEP)), finalize(seed));
  return () => {
    state = (state + STEP) | 0;
    return (finalize(state) >>> 0) / 2 ** 32;
  };
}

function finalize(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
