/**
 * What an answer must take on the wire, worked out from its tokens alone: the check on what was measured. Where timing
 * decides how events come together, the grouping that was seen is given. For answers without heartbeats.
 */
import { generationRequest } from '../drivers/lean-http.js';
import { chunkFraming, closeFrame, frameHeader, LAST_CHUNK, sizeOf, sum } from './arithmetic.js';
import type { Group } from './grouping.js';
import { batchHead, nodeHead, pageHead, socketHead, startHead, streamHead } from './heads.js';
import type { Ledger } from './ledger.js';

/** An answer as it was asked for. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly texts: readonly string[];
}

/** As in a `Ledger`, without the headers that a client's own HTTP library writes. */
export interface Predicted {
  readonly down: Readonly<Record<'payload' | 'envelope' | 'framing' | 'http' | 'frames', number>>;
  readonly up: Readonly<Record<'envelope' | 'framing', number>>;
  readonly requests: number;
}

/** One answer, prepared. */
interface Sent extends Answer {
  /** JSON of all events. */
  readonly events: readonly string[];
  readonly payload: number;
  readonly envelope: number;
  readonly groups: readonly Group[];
}

type Predict = (sent: Sent) => Predicted;

/** Our modes and the controls, by the names of the targets. */
const PREDICT: Readonly<Record<string, Predict>> = {
  chunked: (sent) => response(sent, lineFraming, streamHead(sent.id, 'application/x-ndjson'), requestBytes(sent)),
  sse: (sent) => response(sent, sseFraming(sent.id), streamHead(sent.id, 'text/event-stream'), requestBytes(sent)),
  websocket: (sent) => ourSocket(sent),
  'long-poll': (sent) => polls(sent, {}),
  // Of the advice only the number of digits counts, and that is always three.
  'short-poll': (sent) => polls(sent, { nextPollMs: 100 }),
  batch: (sent) => batch(sent),
  net: (sent) => ({
    down: { ...bodyOf(sent), framing: sent.events.length, http: 0, frames: 0 },
    up: { envelope: sizeOf('?stream=0\n'), framing: 0 },
    requests: 0,
  }),
  'node:http': (sent) => response(sent, lineFraming, nodeHead('application/x-ndjson'), 0),
  'node:http SSE': (sent) => response(sent, sseFraming(sent.id), nodeHead('text/event-stream'), 0),
  ws: (sent) => bareSocket(sent),
};

/**
 * Everything that an answer takes.
 * @param target its name.
 * @param groups as `groupingOf` has seen them.
 * @returns null for a target that has no arithmetic: it is measured only.
 */
export function predict(target: string, answer: Answer, groups: readonly Group[]): Predicted | null {
  const events = eventsOf(answer);
  const payload = sum(answer.texts.map(sizeOf));
  const envelope = sum(events.map(sizeOf)) - payload;
  return PREDICT[target]?.({ ...answer, events, payload, envelope, groups }) ?? null;
}

/** Where a ledger is not what arithmetic says; empty when it is. */
export function differences({ down, up, requests }: Ledger, predicted: Predicted): readonly string[] {
  const seen = { down: { ...down.parts, frames: down.frames }, up: up.parts };
  const compare = (side: 'down' | 'up'): string[] =>
    Object.entries(predicted[side]).flatMap(([name, value]) => {
      const measured = (seen[side] as unknown as Record<string, number>)[name];
      return measured === value ? [] : `${side} ${name}: ${measured} seen, ${value} reckoned`;
    });
  const wrongRequests = requests === predicted.requests ? [] : [`${requests} requests, ${predicted.requests} reckoned`];
  return [...compare('down'), ...compare('up'), ...wrongRequests];
}

/** The events of an answer, as the log has them. */
export function eventsOf({ id, model, texts }: Answer): readonly string[] {
  const bodies = [
    { type: 'message_start', id, model },
    { type: 'content_block_start', index: 0, block: { type: 'text' } },
    ...texts.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', stopReason: 'end_turn', usage: usageOf(texts) },
    { type: 'message_stop' },
  ];
  return bodies.map((body, index) => JSON.stringify({ seq: index + 1, ...body }));
}

const usageOf = (texts: readonly string[]) => ({ inputTokens: 0, outputTokens: texts.length });

/** What all drivers of ours ask for. */
const requestOf = ({ model }: Answer) => ({ ...generationRequest(''), model });

const requestBytes = (answer: Answer): number => sizeOf(JSON.stringify(requestOf(answer)));

const bodyOf = ({ payload, envelope }: Sent) => ({ payload, envelope });

/** Bytes around the event with this seq. */
type Framing = (seq: number) => number;

const lineFraming: Framing = () => sizeOf('\n');

const sseFraming =
  (id: string): Framing =>
  (seq) =>
    sizeOf(`id: ${id}.${seq}\ndata: \n\n`);

/** One response in chunks. */
function response(sent: Sent, framing: Framing, http: number, requestSize: number): Predicted {
  const { events, groups } = sent;
  const around = groups.map(({ after, events: count }) => {
    const seqs = Array.from({ length: count }, (_, index) => after + index + 1);
    const frames = sum(seqs.map(framing));
    return frames + chunkFraming(frames + sum(seqs.map((seq) => sizeOf(events[seq - 1] ?? ''))));
  });
  return {
    down: { ...bodyOf(sent), framing: sum(around) + LAST_CHUNK, http, frames: groups.length },
    up: { envelope: requestSize, framing: 0 },
    requests: 1,
  };
}

/** What a message takes that the server sends as a frame of its own; all of it but the event is framing. */
const messageBytes = (message: string): number => frameHeader(sizeOf(message), false) + sizeOf(message);

function ourSocket(sent: Sent): Predicted {
  const { id, events } = sent;
  const attached = JSON.stringify({ ref: 1, generation: id, cursor: `${id}.0` });
  const wrapped = events.map((event) => messageBytes(`{"ref":1,"event":${event}}`) - sizeOf(event));
  const idempotencyKey = crypto.randomUUID();
  const request = requestOf(sent);
  const generate = sizeOf(JSON.stringify({ type: 'generate', ref: 1, request, idempotencyKey }));
  const closing = { down: closeFrame({ code: true, masked: false }), up: closeFrame({ code: true, masked: true }) };
  return {
    down: {
      ...bodyOf(sent),
      framing: messageBytes(attached) + sum(wrapped) + closing.down,
      http: socketHead('tokenwire.v1'),
      frames: events.length + 2,
    },
    up: { envelope: generate, framing: frameHeader(generate, true) + closing.up },
    requests: 1,
  };
}

/** The control: bare events, and the server closes without a code. */
function bareSocket(sent: Sent): Predicted {
  const { events } = sent;
  const headers = sum(events.map((event) => messageBytes(event) - sizeOf(event)));
  return {
    down: {
      ...bodyOf(sent),
      framing: headers + closeFrame({ code: false, masked: false }),
      http: socketHead(),
      frames: events.length + 1,
    },
    up: { envelope: 0, framing: closeFrame({ code: false, masked: true }) },
    requests: 1,
  };
}

function polls(sent: Sent, advice: { readonly nextPollMs?: number }): Predicted {
  const { id, events, groups } = sent;
  const started = sizeOf(JSON.stringify({ id, cursor: `${id}.0` }));
  const pages = groups.map(({ after, events: count }) => {
    const seq = after + count;
    const empty = { events: [], cursor: `${id}.${seq}`, done: seq === events.length, ...advice };
    const around = sizeOf(JSON.stringify(empty)) + Math.max(0, count - 1);
    return { around, bytes: around + sum(events.slice(after, seq).map(sizeOf)) };
  });
  return {
    down: {
      ...bodyOf(sent),
      framing: started + sum(pages.map(({ around }) => around)),
      http: startHead(id, started) + sum(pages.map(({ bytes }) => pageHead(id, bytes))),
      frames: 1 + pages.length,
    },
    up: { envelope: requestBytes(sent), framing: 0 },
    requests: 1 + pages.length,
  };
}

/** The text alone, in a snapshot. */
function batch(sent: Sent): Predicted {
  const { id, texts, events } = sent;
  const snapshot = {
    id,
    status: 'completed',
    cursor: `${id}.${events.length}`,
    text: texts.join(''),
    usage: usageOf(texts),
    stopReason: 'end_turn',
  };
  const bytes = sizeOf(JSON.stringify(snapshot));
  const payload = sizeOf(snapshot.text);
  return {
    down: { payload, envelope: bytes - payload, framing: 0, http: batchHead(id, bytes), frames: 1 },
    up: { envelope: requestBytes(sent), framing: 0 },
    requests: 1,
  };
}
