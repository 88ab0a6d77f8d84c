import { equal } from 'node:assert/strict';

import type { PollPage, StreamEvent } from '@tokenwire/protocol';

import type { Target } from '../target.js';
import { at } from './answers.js';
import { eventually } from './eventually.js';
import { call } from './http.js';
import { ACCEPT, eventsUrl, POLLING } from './raw-events.js';
import { SocketSession } from './socket-session.js';

/**
 * The events of a finished answer after event `seq`, as the server sends them: no client in between that drops what it
 * has already, or asks again for what is missing.
 */
export async function readRaw(target: Target, id: string, seq: number): Promise<readonly StreamEvent[]> {
  if (target.mode === 'websocket') return await readSocket(target, at(id, seq));
  if (POLLING.includes(target.mode)) return await readPages(target, id, seq);
  const headers = { accept: ACCEPT[target.mode] };
  const { status, text, complete } = await call(eventsUrl(target, id, `after=${at(id, seq)}`), { headers });
  equal(status, 200);
  equal(complete, true, 'the body has ended in good order');
  return eventsIn(target, text);
}

/** The events in a body, or in the beginning of one: an unfinished line at its end is left out. */
export function eventsIn({ mode }: Pick<Target, 'mode'>, body: string): readonly StreamEvent[] {
  const prefix = mode === 'sse' ? 'data: ' : '{';
  const lines = body.split('\n').slice(0, -1);
  return lines
    .filter((line) => line.startsWith(prefix))
    .map((line) => JSON.parse(mode === 'sse' ? line.slice(prefix.length) : line) as StreamEvent);
}

async function readPages(target: Target, id: string, seq: number): Promise<readonly StreamEvent[]> {
  const events: StreamEvent[] = [];
  let cursor = at(id, seq);
  for (let done = false; !done;) {
    const { status, text } = await call(eventsUrl(target, id, `after=${cursor}`));
    equal(status, 200);
    const page = JSON.parse(text) as PollPage<StreamEvent>;
    events.push(...page.events);
    ({ cursor, done } = page);
  }
  return events;
}

async function readSocket({ url }: Target, after: string): Promise<readonly StreamEvent[]> {
  const session = await SocketSession.open(url);
  session.say({ type: 'attach', ref: 1, after });
  await eventually('the terminal event', () => session.events(1).at(-1)?.type === 'message_stop');
  // What was sent after it, by a server that says its end twice, comes before the answer to this.
  session.say({ type: 'attach', ref: 2, after: 'nonsense' });
  await session.hear('the answer to what was said last', ({ ref }) => ref === 2);
  await session.close();
  return session.events(1);
}
