export type Program = 'nginx' | 'haproxy' | 'caddy';

/**
 * How it is configured: `stock` as shipped, with the least that a person has to write; `documented` with the lines of
 * `docs/proxies.md`; `h2` the same, and HTTP/2 towards the reader. `unaware`, of nginx: as shipped, in front of a server
 * that does not send `X-Accel-Buffering: no`, as ours do.
 */
export type Variant = 'stock' | 'documented' | 'h2' | 'unaware';

/** A proxy that can be put in front of a server. */
export interface Proxy {
  /** `nginx-stock`: what `Cell.proxy` names. */
  readonly name: string;
  readonly program: Program;
  readonly variant: Variant;
  /**
   * Starts it on a free port of loopback, in the foreground, with a folder of its own, without an access log. It ends
   * with this process at the latest.
   * @param serverUrl the server behind it.
   * @throws {InvalidMeasurement} with its last words, when it does not come to listen.
   */
  start(serverUrl: string): Promise<RunningProxy>;
}

export interface RunningProxy {
  /** Base URL for readers. With `h2` they have to speak HTTP/2 from the first byte (prior knowledge, RFC 9113, section 3.3). */
  readonly url: string;
  /** What it was configured with: the part that a person writes. */
  readonly config: string;
  /** Aborts, with the reason, when it ends without having been told to. */
  readonly died: AbortSignal;
  /** What it has written so far; the last 4 KiB. */
  said(): string;
  /** Processor time of its processes so far, in microseconds. */
  cpuUs(): number;
  /** Ends it; settles when it is gone. */
  close(): Promise<void>;
}
