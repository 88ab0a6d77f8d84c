/** Milliseconds of the machine's monotonic clock, which all its processes share: the scale of the servers' timing report. */
export function hostNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
