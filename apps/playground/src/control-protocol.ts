// What the page and its host say to each other over one WebSocket. No Node and no DOM types: both sides read this file.
import type { StreamEvent } from '@tokenwire/protocol';

/** Where the socket is, on the page's origin. */
export const CONTROL_PATH = '/playground/control';
/** Its subprotocol. */
export const CONTROL_PROTOCOL = 'tokenwire.playground.v1';
/** Query key that names the lane of a request: `POST /generations?lane=sse-3f`. */
export const LANE_KEY = 'lane';
/** What a lane may be called. */
export const LANE_NAME = /^[A-Za-z0-9_-]{1,40}$/;

/** Faults of one direction, see `DirectionFaults` of the fault proxy. */
export interface WayConditions {
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  readonly coalesceBytes?: number;
  readonly coalesceMs?: number;
}

/** Faults that stay until others are set; `{}` repairs the line. */
export interface Conditions {
  readonly up?: WayConditions;
  readonly down?: WayConditions;
}

/**
 * What the page asks for; `ref` is a number of its choice that the answer repeats.
 *
 * - `open-lane`: a line of its own to the server, through a fault proxy of its own. Closed with the socket at the latest.
 * - `cut`: all connections of a lane that are open now end in this way; new ones are accepted.
 * - `conditions`: how the lane's line is from now on, also for open connections.
 * - `upstream`: the model of an answer falls silent for `ms` milliseconds, or fails at once.
 * - `restart`: a new server takes new answers; the old one finishes those it has. Connections to it are cut.
 * - `tap`: whether the bytes of a lane are to be sent to the page.
 * - `timing`: when each event after seq `after` was due and appended.
 * - `clock`: what time it is for the host.
 */
export type ControlRequest =
  | { readonly type: 'open-lane'; readonly ref: number; readonly lane: string }
  | { readonly type: 'close-lane'; readonly ref: number; readonly lane: string }
  | { readonly type: 'cut'; readonly ref: number; readonly lane: string; readonly how: 'fin' | 'rst' | 'blackhole' }
  | { readonly type: 'conditions'; readonly ref: number; readonly lane: string; readonly conditions: Conditions }
  | { readonly type: 'upstream'; readonly ref: number; readonly id: string; readonly fault: UpstreamFault }
  | { readonly type: 'restart'; readonly ref: number }
  | { readonly type: 'tap'; readonly ref: number; readonly lane: string; readonly on: boolean }
  | { readonly type: 'timing'; readonly ref: number; readonly id: string; readonly after: number }
  | { readonly type: 'clock'; readonly ref: number };

/** A stall replaces the one that lasts, so `ms` 1 ends it. */
export type UpstreamFault = { readonly kind: 'stall'; readonly ms: number } | { readonly kind: 'error' };

/** The answer to one request; `ref` is -1 where the request had none. Times are milliseconds of the host's monotonic clock. */
export type ControlReply =
  | { readonly ref: number; readonly ok: true }
  | { readonly ref: number; readonly nowMs: number }
  | { readonly ref: number; readonly events: readonly TimingRow[] }
  | { readonly ref: number; readonly error: { readonly code: string; readonly message: string } };

/** When an event was due (null: it has no timetable) and when the log had it. */
export type TimingRow = readonly [seq: StreamEvent['seq'], dueMs: number | null, appendedMs: number];

/** What a lane has carried so far, counted at the host's socket to the browser. */
export interface LaneCounters {
  /** Connections of the browser that are carrying, or have last carried, a request of this lane and are open. */
  readonly open: number;
  /** Connections of the browser that have carried a request of this lane. */
  readonly connections: number;
  /** Requests seen, upgrades included. */
  readonly requests: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** A piece of what a browser's socket carried, exactly as it did. */
export interface TapPiece {
  readonly lane: string;
  /** Which connection of this lane, from 0. */
  readonly connection: number;
  readonly way: 'up' | 'down';
  readonly atMs: number;
  /** Base64. Empty with `end`. */
  readonly data: string;
  /** The connection carries nothing more for this lane: closed, reset, or it went on with another lane's request. */
  readonly end?: 'fin' | 'rst' | 'other';
  /** Bytes before this piece that were not sent to the page because it was too slow to take them. */
  readonly missed?: number;
}

/** What the host says by itself. */
export type ControlNews =
  /** At most ten times a second, and only lanes that changed. */
  | { readonly type: 'lanes'; readonly atMs: number; readonly lanes: Readonly<Record<string, LaneCounters>> }
  /** Some twenty times a second while there is something. */
  | { readonly type: 'tap'; readonly pieces: readonly TapPiece[] }
  /** Something happened to a connection of the lane at the fault proxy. */
  | {
      readonly type: 'line';
      readonly lane: string;
      readonly atMs: number;
      readonly what: 'open' | 'cut' | 'close';
      readonly how?: 'fin' | 'rst' | 'blackhole';
    }
  | { readonly type: 'server'; readonly atMs: number; readonly what: 'draining' | 'restarted' | 'gone' };

export type ControlMessage = ControlReply | ControlNews;
