import type { Attempt, Connect } from '@tokenwire/client-kit';
import { TokenwireError } from '@tokenwire/protocol';

import type { ReaderLine } from './line.js';
import type { AnswerPlan, Kind } from './plan.js';
import type { Reply, Request } from './server.js';

const LONG_POLL_MS = 25_000;
const MIN_INTERVAL_MS = 100;

/** What the client engine needs of a transport, over a simulated line. */
export function transportOver(
  line: ReaderLine,
  kind: Kind,
  answer: AnswerPlan,
  watch: (signal: AbortSignal) => void,
): Connect {
  return async function* connect(attempt) {
    watch(attempt.signal);
    yield* kind === 'stream' ? streamOver(line, attempt, answer) : pollsOver(line, attempt, answer, kind);
  };
}

/** One endless response: what came in one piece is one batch. */
async function* streamOver(line: ReaderLine, attempt: Attempt, answer: AnswerPlan): ReturnType<Connect> {
  attempt.requested();
  const { cursor, signal } = attempt;
  const connection = line.connect(
    cursor === undefined ? { route: 'start', answer, streams: true } : { route: 'read', cursor, owner: answer.owner },
  );
  const close = (): void => connection.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for (let parcels = await connection.receive(); parcels; parcels = await connection.receive()) {
      const events: unknown[] = [];
      for (const { body, bytes } of parcels) {
        const reply = body as Reply;
        attempt.bytes(bytes);
        if (reply.type === 'head') attempt.started(reply.id);
        else if (reply.type === 'error') throw line.refusal(reply.error);
        else if (reply.type === 'event') events.push(JSON.parse(reply.json));
      }
      if (events.length > 0) yield events;
    }
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

interface Page {
  readonly events: readonly unknown[];
  readonly done: boolean;
  readonly nextPollMs?: number;
}

/** Many requests: each asks for what comes after the cursor. */
async function* pollsOver(line: ReaderLine, attempt: Attempt, answer: AnswerPlan, kind: Kind): ReturnType<Connect> {
  const ask = async <T>(request: Request): Promise<T> => {
    attempt.requested();
    const json = await line.ask(request, attempt.signal);
    attempt.bytes(json);
    return JSON.parse(json) as T;
  };
  if (attempt.cursor === undefined) {
    attempt.started((await ask<{ id: string }>({ route: 'start', answer, streams: false })).id);
  }
  for (;;) {
    const startedAtMs = attempt.clock.now();
    const waitMs = kind === 'long-poll' ? LONG_POLL_MS : 0;
    const page = await ask<Page>({ route: 'poll', cursor: attempt.cursor ?? '', owner: answer.owner, waitMs });
    attempt.started();
    if (page.events.length > 0) yield page.events;
    if (page.done) return;
    const againAtMs = startedAtMs + Math.max(MIN_INTERVAL_MS, page.nextPollMs ?? 0);
    await attempt.sleep(againAtMs - attempt.clock.now());
  }
}

/** `fetch` for the routes that are the same on every transport: stop, snapshot, and the start without a stream. */
export function fetchOver(line: ReaderLine, answer: AnswerPlan, watch: (signal: AbortSignal) => void): typeof fetch {
  return async (input, init) => {
    const { signal } = init ?? {};
    if (signal) watch(signal);
    const [, id = '', action] = /^\/generations(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(new URL(input as URL).pathname) ?? [];
    const request: Request =
      id === ''
        ? { route: 'start', answer, streams: false }
        : { route: action === 'stop' ? 'stop' : 'snapshot', id, owner: answer.owner };
    const headers = { 'content-type': 'application/json' };
    try {
      return new Response(await line.ask(request, signal ?? new AbortController().signal), { headers });
    } catch (error) {
      if (!(error instanceof TokenwireError)) throw error;
      const { retryAfterMs } = error.details;
      const retry = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
      const body = JSON.stringify({ error: error.toBody() });
      return new Response(body, { status: error.httpStatus, headers: { ...headers, ...retry } });
    }
  };
}
