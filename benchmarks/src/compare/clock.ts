/**
 * Milliseconds of the system's monotonic clock, with fractions. All processes of one machine share it, so a
 * server's times can be subtracted from a client's. (`performance.now()` counts from each process's own start.)
 */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
