import type { PaneHandle } from '../pane/handle.js';
import type { Control } from '../control/control.js';
import { observerOf } from './pane-observer.js';
import { listed } from './words.js';

/**
 * How many HTTP/1.1 connections a browser opens to one host, in all of its tabs together. No standard says so
 * (RFC 9112, section 9.4, names no number any more); Chromium, Firefox and Safari all chose six.
 */
export const MAX_CONNECTIONS = 6;
/** How long a request may be under way to the host before it is said to wait in the browser. */
export const PATIENCE_MS = 1_000;

/** What of a pane this needs. */
export type Connecting = Pick<PaneHandle, 'key' | 'title' | 'record'>;

/** When the host last saw a new request of each lane. It answers over a WebSocket, which does not count as one of the six. */
export class RequestsSeen {
  readonly #seen = new Map<string, { readonly requests: number; readonly atMs: number }>();

  constructor(control: Pick<Control, 'on' | 'offset'>) {
    control.on('lanes', ({ atMs, lanes }) => {
      const pageMs = Number.isFinite(control.offset.errorMs) ? control.offset.toPage(atMs) : performance.now();
      for (const [lane, { requests }] of Object.entries(lanes)) {
        if (requests !== this.#seen.get(lane)?.requests) this.#seen.set(lane, { requests, atMs: pageMs });
      }
    });
  }

  /** Milliseconds of `performance.now`, at most 0.1 s too late; undefined: never. */
  lastMs(lane: string): number | undefined {
    return this.#seen.get(lane)?.atMs;
  }
}

const seenBy = new WeakMap<object, RequestsSeen>();

/** What has been seen since it was asked for first, one for each control socket. */
export function requestsSeen(control: Pick<Control, 'on' | 'offset'>): RequestsSeen {
  const seen = seenBy.get(control) ?? new RequestsSeen(control);
  seenBy.set(control, seen);
  return seen;
}

/**
 * Since when a pane's request has been waiting in the browser; undefined when it is not, or may not be. When the request
 * may just as well be at the server, that is what is believed: a slow answer must not be explained by a full browser.
 */
export function waitsInBrowser({ record }: Connecting, seen: Pick<RequestsSeen, 'lastMs'>): number | undefined {
  const sinceMs = observerOf(record)?.waitingSinceMs;
  // Browsers count WebSockets apart.
  if (sinceMs === undefined || record.mode === 'websocket') return undefined;
  return (seen.lastMs(record.lane) ?? -Infinity) >= sinceMs ? undefined : sinceMs;
}

/** Whether a pane keeps one of the six for itself. A short poll has it for some milliseconds only. */
export function holdsConnection(pane: Connecting, seen: Pick<RequestsSeen, 'lastMs'>): boolean {
  const { mode, running } = pane.record;
  if (!running || mode === 'websocket' || mode === 'short-poll') return false;
  return waitsInBrowser(pane, seen) === undefined;
}

/** Why a request waits. */
export interface Explanation {
  readonly text: string;
  /** The panes of this page that keep a connection, in their order. */
  readonly holders: readonly Connecting[];
}

/**
 * What there is to say about a pane now.
 * @param stopSinceMs since when a stop of this pane has had no answer.
 */
export function explain(
  pane: Connecting,
  panes: readonly Connecting[],
  seen: Pick<RequestsSeen, 'lastMs'>,
  nowMs: number,
  stopSinceMs?: number,
): Explanation | undefined {
  const stopWaits = stopSinceMs !== undefined && (seen.lastMs(pane.record.lane) ?? -Infinity) < stopSinceMs;
  const sinceMs = waitsInBrowser(pane, seen) ?? (stopWaits ? stopSinceMs : undefined);
  if (sinceMs === undefined || nowMs - sinceMs <= PATIENCE_MS) return undefined;
  const holders = panes.filter((other) => other !== pane && holdsConnection(other, seen));
  const what = stopWaits ? 'The request that stops this answer' : 'This pane’s request';
  const text =
    `${what} waits inside the browser: the server has not seen it. A browser opens at most six HTTP/1.1 connections to ` +
    `one server, all tabs together. ${whoHolds(holders)} It starts by itself as soon as one of them ends. What helps: ` +
    'WebSocket, which is counted apart; HTTP/2 in front of the server; one connection for several answers.';
  return { text, holders };
}

function whoHolds(holders: readonly Connecting[]): string {
  const names = listed(holders.map(({ title }) => title));
  if (holders.length >= MAX_CONNECTIONS) return `${names} hold them.`;
  if (holders.length === 0) return 'Other tabs of this page probably hold them.';
  return `${names} ${holders.length === 1 ? 'holds one' : `hold ${holders.length}`} of them; other tabs of this page probably the rest.`;
}
