/** How long an upstream model may take, and how often it is asked. All durations on the context's clock. */
export interface UpstreamLimits {
  /** From asking until the connection stands, TLS included. Default 10 000. */
  readonly connectMs: number;
  /** From asking until the first content. Default 60 000. */
  readonly firstTokenMs: number;
  /** From one content to the next. Keep-alive comments and empty chunks are no content. Default 60 000. */
  readonly contentIdleMs: number;
  /** The whole answer, retries included. Default 600 000. */
  readonly totalMs: number;
  /** Further attempts after 408, 409, 429, 5xx or a failed connection; never after the upstream accepted. Default 2. */
  readonly maxRetries: number;
  /** Wait before the first retry, doubled for each further one, ± 25 %. Default 500. */
  readonly retryDelayMs: number;
  /** A `Retry-After` above this is passed on to the client instead of being waited for. Default 5 000. */
  readonly maxRetryDelayMs: number;
  /** Longest line or event of the upstream's stream, in characters. Default 1 048 576. */
  readonly maxEventChars: number;
}

export const DEFAULT_UPSTREAM_LIMITS: UpstreamLimits = {
  connectMs: 10_000,
  firstTokenMs: 60_000,
  contentIdleMs: 60_000,
  totalMs: 600_000,
  maxRetries: 2,
  retryDelayMs: 500,
  maxRetryDelayMs: 5_000,
  maxEventChars: 1_048_576,
};
