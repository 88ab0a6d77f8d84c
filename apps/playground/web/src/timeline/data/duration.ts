/** A duration for people: `0 ms`, `4.2 ms`, `84 ms`, `1.24 s`, `12.5 s`. */
export function durationText(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 9_995) return `${(ms / 1000).toFixed(1)} s`;
  if (size >= 999.5) return `${(ms / 1000).toFixed(2)} s`;
  return size >= 9.95 || size < 0.05 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}
