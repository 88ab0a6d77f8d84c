/** How many tokens come at once, for people, in short lines. */
export function heapLines(usual: number, largest: number): readonly string[] {
  if (largest <= 1) return ['one by one'];
  return usual === largest ? [`${usual} at once`] : [`mostly ${usual},`, `up to ${largest}`];
}
