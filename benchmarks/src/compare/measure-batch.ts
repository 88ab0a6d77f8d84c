import type { GenerationRequest, PollPage, Snapshot, StreamEvent } from '@tokenwire/protocol';

import { nowMs } from './clock.js';
import { InvalidMeasurement } from './failures.js';
import { askJson, askText } from './http.js';
import { contentOf, type StreamRecord } from './measure-stream.js';

/** Seconds for which the server may hold a request: the most that it allows. */
const WAIT_SECONDS = 25;

export interface BatchOptions {
  readonly url: string;
  readonly request: GenerationRequest;
  readonly signal: AbortSignal;
}

/**
 * The baseline: the request is answered when the whole answer is there. Longer answers are asked for again.
 * Which tokens it held has to be asked for afterwards, with `withEvents`, or it would count as a part of the answer.
 */
export async function measureBatch({ url, request, signal }: BatchOptions): Promise<StreamRecord> {
  const startMs = nowMs();
  let payloadBytes = 0;
  let requests = 0;
  const ask = async (route: string, init: RequestInit = {}): Promise<Snapshot> => {
    requests += 1;
    const response = await askText(`${url}${route}?wait=${WAIT_SECONDS}`, { ...init, signal });
    payloadBytes += Buffer.byteLength(response);
    return JSON.parse(response) as Snapshot;
  };
  let snapshot = await ask('/generations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  while (snapshot.status === 'running') snapshot = await ask(`/generations/${snapshot.id}`);
  const endMs = nowMs();
  const { id, text } = snapshot;
  return { id, startMs, endMs, text, requests, reconnects: 0, payloadBytes, arrivals: [], seqs: [], terminals: [] };
}

/**
 * Fills in what a batch does not tell: its events. All of them arrived when the reader had the snapshot.
 * @throws {InvalidMeasurement} when the events say something else than the snapshot did.
 */
export async function withEvents(url: string, record: StreamRecord): Promise<StreamRecord> {
  const events: StreamEvent[] = [];
  let cursor = `${record.id}.0`;
  for (let done = false; !done;) {
    const page = await askJson<PollPage<StreamEvent>>(`${url}/generations/${record.id}/events?after=${cursor}&wait=1`);
    events.push(...page.events);
    ({ cursor, done } = page);
  }
  const times = events.map(() => record.endMs);
  const content = contentOf(events, times);
  if (content.text !== record.text)
    throw new InvalidMeasurement('batch: the snapshot’s text is not that of its events');
  return { ...record, ...content };
}
