import type { IncomingMessage } from 'node:http';

/** What all transports need to know beside the registry. Durations in milliseconds. */
export interface TransportSettings {
  /** A quiet stream sends a sign of life this often, so that proxies and clients know it is alive. */
  readonly heartbeatMs: number;
  /** A reader whose connection takes nothing for this long is dropped as `slow_consumer`; it may resume. */
  readonly writeStallMs: number;
  /** Largest JSON in one answer to a poll, in bytes; a reader far behind asks again at once. */
  readonly pollPageBytes: number;
  /** What short polling is advised to wait between two polls. */
  readonly nextPollMs: number;
  /** Aborted when the server begins to shut down: parked polls are answered at once. */
  readonly draining: AbortSignal;
  /** Whose request this is; `''` for everybody on a server without authentication. May throw `unauthenticated`. */
  readonly ownerOf: (request: IncomingMessage) => string;
}

export const DEFAULT_SETTINGS: TransportSettings = {
  heartbeatMs: 15_000,
  writeStallMs: 30_000,
  pollPageBytes: 1024 * 1024,
  nextPollMs: 250,
  draining: new AbortController().signal,
  ownerOf: () => '',
};
