import type { Comparison } from '../report/model.js';

/**
 * The smallest difference that could have been told from noise, by metric, in its unit: half the width of the 95 %
 * interval of the difference. Of an A/A run, where there is one, the widest of its intervals; otherwise the narrowest
 * of all that were made, for nothing smaller than that can have been seen.
 *
 * @param aa comparisons of two targets that are the same.
 * @param others all other comparisons of the run.
 */
export function detectionFloor(
  aa: readonly Comparison[],
  others: readonly Comparison[],
): Readonly<Record<string, number>> {
  const floor = { ...by(others, Math.min), ...by(aa, Math.max) };
  return Object.fromEntries(Object.entries(floor).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function by(comparisons: readonly Comparison[], choose: (a: number, b: number) => number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { metric, difference } of comparisons) {
    if (difference.low === null || difference.high === null) continue;
    const half = (difference.high - difference.low) / 2;
    found[metric] = choose(found[metric] ?? half, half);
  }
  return found;
}
