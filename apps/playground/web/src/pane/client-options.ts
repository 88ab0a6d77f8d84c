/**
 * What the page's clients are told beside what to read. The playground's server says something every 2 s, so that a
 * blackhole is seen within seconds; applications keep the default of 37.5 s with heartbeats of 15 s.
 */
export const CLIENT_OPTIONS = {
  /** How long a silent connection is believed, in milliseconds. */
  idleTimeoutMs: 5_000,
  /** How long a poll may be held, in seconds; the time-out above comes on top. */
  waitSeconds: 4,
  /**
   * A request that waits for one of the browser's six connections counts as a lost one, again and again; ten in a row, as
   * by default, would be given up after a minute. This is patience for some ten, and connections come back within 2 s.
   */
  retry: { maxAttempts: 100, capMs: 2_000 },
} as const;
