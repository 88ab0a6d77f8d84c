/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Heaps at random distances, of random sizes. */
export function randomHeaps(seed: number, count: number): { atMs: number; tokens: number; gapMs: number }[] {
  const random = randomFrom(seed);
  let atMs = 1_000 * random();
  return Array.from({ length: count }, (_, index) => {
    // Mostly short, now and then a pause of seconds.
    const gapMs = 1.5 + 40 * random() ** 3 + (random() < 0.01 ? 3_000 * random() : 0);
    if (index > 0) atMs += gapMs;
    return {
      atMs,
      tokens: random() < 0.8 ? 1 : 1 + Math.floor(20 * random()),
      gapMs: index === 0 ? Number.NaN : gapMs,
    };
  });
}
