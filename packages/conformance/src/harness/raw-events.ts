import { SERVER_ERRORS, type ErrorBody, type Mode, type ServerErrorCode } from '@tokenwire/protocol';

import type { Target } from '../target.js';
import { call } from './http.js';
import { SocketSession } from './socket-session.js';

/** What each mode says it accepts. A WebSocket's server speaks JSON where there is no socket. */
export const ACCEPT: Readonly<Record<Mode, string>> = {
  chunked: 'application/x-ndjson',
  sse: 'text/event-stream',
  websocket: 'application/json',
  'long-poll': 'application/json',
  'short-poll': 'application/json',
};

/** Modes whose events come in one response that takes as long as the answer. */
export const STREAMED_HTTP: readonly Mode[] = ['chunked', 'sse'];

/** Modes that travel over HTTP all the way. */
export const HTTP_MODES: readonly Mode[] = ['chunked', 'sse', 'long-poll', 'short-poll'];

export const POLLING: readonly Mode[] = ['long-poll', 'short-poll'];

/** The query that makes a poll out of a request for events: `&wait=…`, or nothing. */
export function waitOf(mode: Mode): string {
  if (mode === 'long-poll') return '&wait=25';
  return mode === 'short-poll' ? '&wait=0' : '';
}

/** The address of a generation's events in the target's mode, with this query before what the mode adds. */
export function eventsUrl({ url, mode }: Target, id: string, query = ''): string {
  return `${url}/generations/${id}/events?${query}${waitOf(mode)}`;
}

/** A refusal, however it travelled. */
export interface Refusal {
  readonly status: number;
  readonly error: Partial<ErrorBody> | undefined;
}

/** Reads the error out of an HTTP answer's body. */
export function refusalIn({ status, text }: { readonly status: number; readonly text: string }): Refusal {
  try {
    return { status, error: (JSON.parse(text) as { error?: ErrorBody }).error };
  } catch {
    return { status, error: undefined };
  }
}

/** Asks for events after a cursor, as text of any kind, in the target's mode, and expects to be refused. */
export async function askAfter(target: Target, id: string, after: string): Promise<Refusal> {
  if (target.mode === 'websocket') return await askBySocket(target, { type: 'attach', ref: 1, after });
  const url = eventsUrl(target, id, `after=${encodeURIComponent(after)}`);
  return refusalIn(await call(url, { headers: { accept: ACCEPT[target.mode] } }));
}

/** Says one message on a socket of its own, and gives the error that answers it. */
export async function askBySocket({ url }: Target, message: object | string): Promise<Refusal> {
  const session = await SocketSession.open(url);
  try {
    session.say(message);
    const answer = await session.hear('an answer', ({ type }) => type !== 'ping');
    return { status: statusOf(answer.error), error: answer.error };
  } finally {
    await session.close();
  }
}

/** The HTTP status that an error message stands for; 200 for no error. */
function statusOf(error: ErrorBody | undefined): number {
  if (error === undefined) return 200;
  return SERVER_ERRORS[error.code as ServerErrorCode]?.http ?? 500;
}
