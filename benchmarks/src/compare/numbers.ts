/** Three significant digits at most, for people: 0.42, 9.8, 127. `–` for what is not there. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** The same for counts and bytes, where hundredths are noise. */
export function rough(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return value.toFixed(Math.abs(value) >= 9.95 || Number.isInteger(value) ? 0 : 1);
}
