import type { IncomingMessage } from 'node:http';

import { MAX_BATCH_BYTES } from '@tokenwire/generation-log';

import { logToStderr, type LogLine } from './log-line.js';
import type { Tickets } from './tickets.js';

/** What all transports need to know beside the registry. Durations in milliseconds. */
export interface TransportSettings {
  /** A quiet stream sends a sign of life this often, so that proxies and clients know it is alive. */
  readonly heartbeatMs: number;
  /** A reader whose connection takes nothing for this long is dropped as `slow_consumer`; it may resume. */
  readonly writeStallMs: number;
  /** Largest answer to a poll, in bytes, reckoned as for a stream; a reader far behind asks again at once. */
  readonly pollPageBytes: number;
  /** What short polling is advised to wait between two polls. */
  readonly nextPollMs: number;
  /** Polls of one answer that one client address may make at once, and wins back per second. */
  readonly pollsPerSecond: number;
  /** Aborted when the server begins to shut down: parked polls are answered at once. */
  readonly draining: AbortSignal;
  /** Whose request this is; `''` for everybody on a server without authentication. May throw `unauthenticated`. */
  readonly ownerOf: (request: IncomingMessage) => string;
  /**
   * Whose token it is. With it a WebSocket without credentials is accepted, and its first message must bring them: a
   * browser cannot send headers there. May throw `unauthenticated`.
   */
  readonly ownerOfToken?: (token: string) => string;
  /** Single-use credentials for URLs. Without them `?ticket=` is refused. */
  readonly tickets?: Tickets;
  /** Asked before each new stream; throws `overloaded` when there are too many at once. */
  readonly admitStream: () => void;
  /** Told about what clients do wrong, one line each. Default: JSON lines on standard error. */
  readonly log: (line: LogLine) => void;
}

export const DEFAULT_SETTINGS: TransportSettings = {
  heartbeatMs: 15_000,
  writeStallMs: 30_000,
  pollPageBytes: MAX_BATCH_BYTES,
  nextPollMs: 250,
  pollsPerSecond: 40,
  draining: new AbortController().signal,
  ownerOf: () => '',
  admitStream: () => {},
  log: logToStderr,
};
