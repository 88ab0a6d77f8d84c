import type { Arrival } from '../wire/exchange.js';

const WIDTH = 60;
const LEVELS = '▁▂▃▄▅▆▇█';

/**
 * Arrivals over time as one line: a column is a sixtieth of the time, its height the bytes that came in it, against
 * the fullest column. `·`: nothing came.
 */
export function timeline(arrivals: readonly Arrival[], endMs: number): string {
  const columns = Array.from({ length: WIDTH }, () => 0);
  for (const { atMs, bytes } of arrivals) {
    const column = Math.min(WIDTH - 1, Math.floor((atMs / Math.max(endMs, 1)) * WIDTH));
    columns[column] = (columns[column] ?? 0) + bytes;
  }
  const fullest = Math.max(...columns, 1);
  return columns
    .map((bytes) => (bytes === 0 ? '·' : LEVELS[Math.ceil((bytes / fullest) * LEVELS.length) - 1]))
    .join('');
}
