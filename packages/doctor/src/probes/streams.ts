import type { Mode } from '@tokenwire/protocol';

import {
  answerFindings,
  endingFinding,
  finder,
  latenessFinding,
  outcomeFinding,
  seconds,
  type Find,
} from '../diagnose/answers.js';
import { lostHeaders } from '../diagnose/headers.js';
import type { Finding } from '../diagnose/problems.js';
import { judge, latenessOf, TIMETABLE } from '../diagnose/timetable.js';
import { ACCEPT_ENCODING } from '../wire/decoder.js';
import { header, type Answer, type Outcome, type Request } from '../wire/exchange.js';
import { ask, below, type Context, type ProbeResult } from './context.js';
import { corsFindings, originHeader, refusedPage } from './cors.js';
import { EventNotes } from './events.js';

/** The media types of the modes that are one response. */
export const STREAM_TYPES = { chunked: 'application/x-ndjson', sse: 'text/event-stream' } as const;

/** What a tokenwire server is asked for: tokens on the timetable. */
export const STEADY = {
  model: 'sim',
  prompt: 'doctor',
  seed: 1,
  maxTokens: TIMETABLE.tokens,
  cadence: { ttftMs: TIMETABLE.ttftMs, tokensPerSecond: 1_000 / TIMETABLE.gapMs, jitter: 0 },
  onDisconnect: { graceMs: 5_000 },
} as const;

/** Reads an answer of a known timetable over one response: its pace, headers, compression and end. */
export async function probeStream(context: Context, mode: keyof typeof STREAM_TYPES): Promise<ProbeResult> {
  const find = finder(mode);
  const type = STREAM_TYPES[mode];
  const request = startRequest(context, type);
  context.progress(`reading ${mode}`);
  const { outcome, notes } = await read(context, request);
  const wrong = refusedPage(context, outcomeFinding(outcome, find), find);
  if (wrong !== undefined || outcome.kind !== 'answer')
    return { name: mode, findings: wrong === undefined ? [] : [wrong], judged: false };
  const lateness = latenessOf(notes.tokens, TIMETABLE);
  const findings = [
    ...answerFindings(outcome, find),
    ...lostHeaders(outcome, type, find),
    ...(await corsFindings(context, request, outcome, find)),
    ...endOfTimetable(outcome, notes, find),
  ];
  if (lateness === undefined) return { name: mode, findings, judged: findings.length > 0, answer: outcome };
  const late = latenessFinding(outcome, lateness, TIMETABLE, find);
  findings.push(...(await compressionFindings(context, request, outcome, late, find)));
  if (late === undefined) findings.push(...headersLate(outcome, notes, find));
  return { name: mode, findings, judged: true, answer: outcome, lateness };
}

/** The request that starts an answer and streams it. */
function startRequest(context: Context, accept: string, more: object = {}): Request {
  return {
    url: below(context, '/generations'),
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      'accept-encoding': ACCEPT_ENCODING,
      ...originHeader(context),
    },
    body: JSON.stringify({ ...STEADY, ...more }),
  };
}

async function read(context: Context, request: Request): Promise<{ outcome: Outcome; notes: EventNotes }> {
  const notes = new EventNotes();
  return { outcome: await ask(context, request, { onUnit: notes.unit }), notes };
}

/** An answer that did not come to the end that its timetable has. */
export function endOfTimetable(answer: Answer, { tokens, terminal }: EventNotes, find: Find): readonly Finding[] {
  if (terminal) return [];
  const cut = endingFinding(answer, find);
  if (cut !== undefined) return [cut];
  const what = `${tokens.length} of ${TIMETABLE.tokens} tokens and no terminal event in ${seconds(answer.endMs)}`;
  return [find(answer.ending === 'limit' ? 'unclear' : 'cut-early', what)];
}

/** What of a compressed answer is the compressor's fault. */
async function compressionFindings(
  context: Context,
  request: Request,
  answer: Answer,
  late: Finding | undefined,
  find: Find,
): Promise<readonly Finding[]> {
  const encoding = header(answer, 'content-encoding');
  if (encoding === undefined || encoding === 'identity') return late === undefined ? [] : [late];
  const said = `Content-Encoding: ${encoding}, although the server said no-transform`;
  if (late === undefined) return [find('compressed', `${said}; it is flushed message by message`)];
  context.progress(`reading ${find('compressed').probe} again, uncompressed`);
  const identity = { ...request, headers: { ...request.headers, 'accept-encoding': 'identity' } };
  const { notes } = await read(context, identity);
  const lateness = latenessOf(notes.tokens, TIMETABLE);
  if (lateness === undefined || judge(lateness, TIMETABLE) !== 'flowing') return [late];
  return [find('compressor-holds', `${said}; uncompressed the same answer flows`, ...late.evidence)];
}

/** The server sends its headers, and a first event, at once; a hop that waits for more shows here. */
function headersLate({ headersMs }: Answer, { tokens }: EventNotes, find: Find): readonly Finding[] {
  const [first = 0] = tokens;
  const together = first - headersMs < TIMETABLE.gapMs && headersMs >= 0.8 * TIMETABLE.ttftMs;
  if (!together) return [];
  return [
    find('headers-late', `headers after ${Math.round(headersMs)} ms, the first token after ${Math.round(first)} ms`),
  ];
}

/** Whether a reader of plain text sees that an answer was cut: the server says so by not ending its chunks. */
export async function probeCut(context: Context): Promise<ProbeResult> {
  const name = 'cut answer';
  const find = finder(name);
  context.progress('reading an answer that fails');
  const more = { model: 'sim/error', maxTokens: 8, cadence: 'instant' };
  const outcome = await ask(context, startRequest(context, 'text/plain', more));
  if (outcome.kind !== 'answer' || outcome.status !== 200 || outcome.ending !== 'complete')
    return { name, findings: [], judged: outcome.kind === 'answer' && outcome.ending === 'cut' };
  const evidence = `the server cut its answer after ${outcome.contentBytes} bytes; here it came to a good end`;
  return { name, findings: [find('cut-looks-complete', evidence)], judged: true };
}

/** The modes that are one response. */
export function isStreamMode(mode: Mode): mode is keyof typeof STREAM_TYPES {
  return mode in STREAM_TYPES;
}
