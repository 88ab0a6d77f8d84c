/**
 * What the page's clients are told beside what to read. The playground's server says something every 2 s, so that a
 * blackhole is seen within seconds; applications keep the default of 37.5 s with heartbeats of 15 s.
 */
export const CLIENT_OPTIONS = {
  /** How long a silent connection is believed, in milliseconds. */
  idleTimeoutMs: 5_000,
  /** How long a poll may be held, in seconds; the time-out above comes on top. */
  waitSeconds: 4,
} as const;
