import { WEBSOCKET_PROTOCOL, type Mode } from '@tokenwire/protocol';

import { finder, outcomeFinding, seconds, type Find } from '../diagnose/answers.js';
import type { Finding } from '../diagnose/problems.js';
import type { Answer, Outcome } from '../wire/exchange.js';
import { ask, below, type Context, type ProbeResult } from './context.js';
import { idOf, start } from './detect.js';
import { EventNotes } from './events.js';
import { pageOf, poll } from './polls.js';
import { openSocket, socketUrl } from './sockets.js';
import { isStreamMode, STREAM_TYPES } from './streams.js';

/** One token, and then silence; nobody has to stop it. */
export const STALLED = {
  model: 'sim/stall',
  prompt: 'doctor',
  maxTokens: 2,
  cadence: 'instant',
  onDisconnect: 'cancel',
} as const;
/** Servers give signs of life every 15 s unless told otherwise; after this there should be one, in milliseconds. */
const HEARTBEAT_BY_MS = 20_000;
/** The longest wait that the protocol knows, in seconds. */
const LONGEST_WAIT = 25;

/** Leaves a stream silent for as long as the user wants, and sees whether it lives. */
export async function probeIdle(context: Context, mode: Mode): Promise<ProbeResult> {
  const name = `${mode}, silent`;
  const find = finder(name);
  context.progress(`waiting in silence for ${seconds(context.idleMs)}`);
  if (mode === 'long-poll') return { name, findings: await waitingPoll(context, find), judged: true };
  const notes = new EventNotes();
  const outcome = isStreamMode(mode) ? await silentStream(context, mode, notes) : await silentSocket(context, notes);
  const wrong = outcome.kind === 'answer' && outcome.status === 101 ? undefined : outcomeFinding(outcome, find);
  if (wrong !== undefined || outcome.kind !== 'answer')
    return { name, findings: wrong === undefined ? [] : [wrong], judged: false };
  return { name, findings: silenceFindings(context, outcome, notes, find), judged: true };
}

function silenceFindings({ idleMs }: Context, answer: Answer, notes: EventNotes, find: Find): readonly Finding[] {
  const beats = `${notes.heartbeats} signs of life had come`;
  const lastMs = answer.wire.at(-1)?.atMs ?? answer.headersMs;
  if (answer.ending !== 'limit') {
    const how = answer.ending === 'cut' ? 'cut off' : 'ended, without a terminal event,';
    const silence = `${how} after ${seconds(answer.endMs)}, ${seconds(answer.endMs - lastMs)} after the last byte`;
    return [find('idle-cut', silence, beats)];
  }
  if (idleMs < HEARTBEAT_BY_MS || notes.heartbeats > 0) return [];
  return [find('heartbeats-lost', `none within ${seconds(idleMs)}; tokenwire sends one every 15 s by default`)];
}

async function silentStream(context: Context, mode: keyof typeof STREAM_TYPES, notes: EventNotes): Promise<Outcome> {
  const request = {
    url: below(context, '/generations'),
    method: 'POST',
    headers: { accept: STREAM_TYPES[mode], 'content-type': 'application/json' },
    body: JSON.stringify(STALLED),
  };
  return await ask(context, request, { limitMs: context.idleMs, onUnit: notes.unit });
}

async function silentSocket(context: Context, notes: EventNotes): Promise<Outcome> {
  const say = [JSON.stringify({ type: 'generate', ref: 1, request: STALLED })];
  const request = { url: socketUrl(context), protocols: [WEBSOCKET_PROTOCOL], say };
  return (await openSocket(context, request, context.idleMs, notes)).outcome;
}

/** A poll that has nothing to say for as long as it may: the longest silence that polling knows. */
async function waitingPoll(context: Context, find: Find): Promise<readonly Finding[]> {
  const started = await start(context, STALLED);
  const id = started === undefined ? undefined : idOf(started);
  if (id === undefined) return [find('unclear', 'no answer could be started to wait for')];
  const events = `/generations/${id}/events`;
  const first = await poll(context, `${events}?after=${id}.0&wait=1`, 1);
  const cursor = pageOf(first.text)?.cursor;
  const wait = Math.min(LONGEST_WAIT, Math.ceil(context.idleMs / 1_000));
  const { outcome, text } = await poll(context, `${events}?after=${String(cursor)}&wait=${wait}`, wait);
  await ask(context, { url: below(context, `/generations/${id}/stop`), method: 'POST' });
  if (outcome.kind === 'answer' && outcome.status === 200 && pageOf(text) !== undefined) return [];
  const asked = `asked to wait ${wait} s with nothing to say`;
  if (outcome.kind === 'failure') return [find('long-poll-cut', asked, `the connection ended: ${outcome.reason}`)];
  if (outcome.kind === 'no-answer')
    return [find('long-poll-cut', asked, `no answer within ${seconds(outcome.waitedMs)}`)];
  return [find('long-poll-cut', asked, `status ${outcome.status} after ${seconds(outcome.headersMs)}`)];
}
