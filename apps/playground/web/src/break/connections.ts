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
export type Connecting = Pick<PaneHandle, 'key' | 'title' | 'record' | 'pace'>;

/** What the host has seen of a lane. Times are milliseconds of `performance.now`, at most 0.1 s too late. */
export interface Seen {
  readonly requests: number;
  /** When the last new request was there. */
  readonly requestMs: number;
  readonly bytesDown: number;
  /** When the last bytes went to the browser. */
  readonly downMs: number;
}

/** When the host last saw something of each lane. It tells so over a WebSocket, which does not count as one of the six. */
export class RequestsSeen {
  readonly #seen = new Map<string, Seen>();

  constructor(control: Pick<Control, 'on' | 'offset'>) {
    control.on('lanes', ({ atMs, lanes }) => {
      const pageMs = Number.isFinite(control.offset.errorMs) ? control.offset.toPage(atMs) : performance.now();
      for (const [lane, { requests, bytesDown }] of Object.entries(lanes)) {
        const before = this.#seen.get(lane);
        this.#seen.set(lane, {
          requests,
          requestMs: before?.requests === requests ? before.requestMs : pageMs,
          bytesDown,
          downMs: before?.bytesDown === bytesDown ? before.downMs : pageMs,
        });
      }
    });
  }

  /** Undefined: nothing yet. */
  of(lane: string): Seen | undefined {
    return this.#seen.get(lane);
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
export function waitsInBrowser(pane: Connecting, seen: Pick<RequestsSeen, 'of'>): number | undefined {
  const { record } = pane;
  // Browsers count WebSockets apart.
  if (record.mode === 'websocket') return undefined;
  const { waitingSinceMs, connectingMs } = observerOf(record) ?? {};
  if (waitingSinceMs === undefined || connectingMs === undefined) return nextPollSince(pane, seen);
  const requestMs = seen.of(record.lane)?.requestMs ?? -Infinity;
  // A client that gives a waiting request up and makes another one waits on.
  if (requestMs < waitingSinceMs) return waitingSinceMs;
  return requestMs < connectingMs ? connectingMs : undefined;
}

/** A poll that was answered is followed by another one, as soon as the page has taken its events. */
function nextPollSince({ record, pace }: Connecting, seen: Pick<RequestsSeen, 'of'>): number | undefined {
  const { mode, status, lane } = record;
  const last = seen.of(lane);
  if (last === undefined || status !== 'streaming' || pace.delayMs > 0 || !mode.endsWith('poll')) return undefined;
  // Told together, the answer may have been before the request.
  return last.downMs > last.requestMs ? last.downMs : undefined;
}

/** Whether a pane keeps one of the six for itself. A short poll has it for some milliseconds only. */
export function holdsConnection(pane: Connecting, seen: Pick<RequestsSeen, 'of'>): boolean {
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
  seen: Pick<RequestsSeen, 'of'>,
  nowMs: number,
  stopSinceMs?: number,
): Explanation | undefined {
  const stopWaits = stopSinceMs !== undefined && (seen.of(pane.record.lane)?.requestMs ?? -Infinity) < stopSinceMs;
  const sinceMs = waitsInBrowser(pane, seen) ?? (stopWaits ? stopSinceMs : undefined);
  if (sinceMs === undefined || nowMs - sinceMs <= PATIENCE_MS) return undefined;
  const holders = panes.filter((other) => other !== pane && holdsConnection(other, seen));
  // A poll’s answer that is still coming looks like one that was followed by nothing, so more must speak for it.
  const guessed = !stopWaits && pane.record.status === 'streaming';
  if (guessed && holders.length < MAX_CONNECTIONS) return undefined;
  const what = stopWaits ? 'The request that stops this answer' : 'This pane’s request';
  const text =
    `${what} waits inside the browser: the server has not seen it. A browser opens at most six HTTP/1.1 connections to ` +
    `one server, all tabs together. ${whoHolds(holders)} It starts by itself as soon as one of them ends. What helps: ` +
    'WebSocket, which is counted apart; HTTP/2 in front of the server; one connection for several answers.';
  return { text, holders };
}

function whoHolds(holders: readonly Connecting[]): string {
  const names = listed(holders.map(({ title }) => title));
  if (holders.length > MAX_CONNECTIONS) return `${names} share them.`;
  if (holders.length === MAX_CONNECTIONS) return `${names} hold them.`;
  if (holders.length === 0) return 'Other tabs of this page probably hold them.';
  return `${names} ${holders.length === 1 ? 'holds one' : `hold ${holders.length}`} of them; other tabs of this page probably the rest.`;
}
