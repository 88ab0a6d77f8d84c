import { WEBSOCKET_PROTOCOL } from '@tokenwire/protocol';

import { endingFinding, finder, latenessFinding, outcomeFinding, seconds, type Find } from '../diagnose/answers.js';
import type { Finding } from '../diagnose/problems.js';
import { latenessOf, TIMETABLE } from '../diagnose/timetable.js';
import { header, type Answer } from '../wire/exchange.js';
import { converse, type SocketOutcome, type SocketRequest } from '../wire/socket.js';
import { below, type Context, type ProbeResult } from './context.js';
import { originHeader, refusedPage } from './cors.js';
import { EventNotes } from './events.js';
import { endOfTimetable, STEADY } from './streams.js';

/** Opens a socket with the run's headers and limits. */
export async function openSocket(
  context: Context,
  request: SocketRequest,
  limitMs: number,
  notes?: EventNotes,
): Promise<SocketOutcome> {
  const { signal, insecure, headers } = context;
  const limits = { limitMs, signal, insecure, ...(notes === undefined ? {} : { onUnit: notes.unit }) };
  return await converse({ headers: { ...headers, ...originHeader(context) }, ...request }, limits);
}

/** The address of the sockets of a tokenwire server. */
export function socketUrl(context: Context): URL {
  const url = context.url.protocol.startsWith('ws') ? new URL(context.url) : below(context, '/generations');
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}

/** Reads an answer of a known timetable over a WebSocket. */
export async function probeSocket(context: Context): Promise<ProbeResult> {
  const name = 'websocket';
  const find = finder(name);
  context.progress('reading websocket');
  const notes = new EventNotes();
  const request = {
    url: socketUrl(context),
    protocols: [WEBSOCKET_PROTOCOL],
    say: [JSON.stringify({ type: 'generate', ref: 1, request: STEADY })],
    isLast: (text: string) => /"type":"(?:message_stop|cancelled|error)"|"error":\{/.test(text),
  };
  const seen = await openSocket(context, request, context.limitMs, notes);
  const wrong = refusedPage(context, handshakeFinding(seen, find), find);
  if (wrong !== undefined || seen.outcome.kind !== 'answer')
    return { name, findings: wrong === undefined ? [] : [wrong], judged: wrong?.problem !== 'no-connection' };
  const answer = seen.outcome;
  const found: Finding[] = [];
  if (seen.protocol !== WEBSOCKET_PROTOCOL)
    found.push(
      find('upgrade-broken', `the subprotocol ${WEBSOCKET_PROTOCOL} was offered; chosen: ${seen.protocol ?? 'none'}`),
    );
  const lateness = latenessOf(notes.tokens, TIMETABLE);
  if (lateness === undefined) {
    const ended = answer.content.length === 0 ? silent(seen, find) : endOfTimetable(answer, notes, find);
    return { name, findings: [...found, ...ended], judged: true, answer };
  }
  const late = latenessFinding(answer, lateness, TIMETABLE, find);
  if (late !== undefined) found.push(late);
  return { name, findings: found, judged: true, answer, lateness };
}

/** Watches a socket of which nothing is known: does it open, does a ping come back, what comes. */
export async function probeUnknownSocket(context: Context, say: readonly string[]): Promise<ProbeResult> {
  const name = `socket ${context.url.pathname}`;
  const find = finder(name);
  context.progress(`listening to ${name}`);
  const limitMs = Math.max(context.limitMs, context.idleMs);
  const seen = await openSocket(context, { url: context.url, say }, limitMs);
  const wrong = refusedPage(context, handshakeFinding(seen, find), find);
  if (wrong !== undefined || seen.outcome.kind !== 'answer')
    return { name, findings: wrong === undefined ? [] : [wrong], judged: wrong?.problem !== 'no-connection' };
  const answer = seen.outcome;
  const cut = endingFinding(answer, find);
  const findings = seen.pongMs === undefined ? silent(seen, find) : cut === undefined ? [] : [cut];
  return { name, findings, judged: true, answer };
}

function silent({ pongMs, closeCode }: SocketOutcome, find: Find): readonly Finding[] {
  const pong = pongMs === undefined ? 'no pong came back' : `a pong came back after ${Math.round(pongMs)} ms`;
  const closed = closeCode === undefined ? '' : `; closed with ${closeCode}`;
  return [find('socket-silent', `101, then no message; ${pong}${closed}`)];
}

/** What is wrong with an upgrade; statuses mean something else here than for a request. */
function handshakeFinding({ outcome, handshake }: SocketOutcome, find: Find): Finding | undefined {
  if (outcome.kind === 'no-answer')
    return find('upgrade-refused', `no answer to the upgrade within ${seconds(outcome.waitedMs)}`);
  if (outcome.kind === 'failure') return outcomeFinding(outcome, find);
  if (handshake !== undefined) return find('upgrade-broken', handshake, headersOf(outcome));
  const { status } = outcome;
  if (status === 101) return undefined;
  if (status === 401 || status === 403 || status === 429) return outcomeFinding({ ...outcome, status }, find);
  const stripped = new Set([200, 204, 400, 404, 405, 406, 426]);
  return find(
    'upgrade-refused',
    `status ${status} in place of 101${status >= 300 && status < 400 ? `, Location: ${header(outcome, 'location') ?? 'none'}` : ''}`,
    ...(stripped.has(status) ? ['so answers a server that sees no Upgrade header: a hop has taken it away'] : []),
  );
}

function headersOf(answer: Answer): string {
  const names = ['upgrade', 'connection', 'sec-websocket-accept'];
  return names.map((name) => `${name}: ${header(answer, name) ?? 'missing'}`).join(', ');
}
