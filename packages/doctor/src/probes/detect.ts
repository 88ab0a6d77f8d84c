import { MODES, type Mode } from '@tokenwire/protocol';

import { mediaType, type Answer } from '../wire/exchange.js';
import { ask, below, type Context } from './context.js';

/** A server of our own, and what it offers on this way. */
export interface Tokenwire {
  readonly modes: readonly Mode[];
}

/** Longest that a question of the first look may take, in milliseconds. */
const FIRST_LOOK_MS = 10_000;

/**
 * Looks whether a tokenwire server is at the URL: `GET /healthz` says so, and `POST /generations` starts an answer.
 * Nothing is posted to a server whose health page is another.
 * @returns undefined for any other server; the answer that refused to start one, when it did.
 */
export async function detect(context: Context): Promise<Tokenwire | Answer | undefined> {
  context.progress('looking what is there');
  const health = await quick(context, '/healthz', 'application/json');
  if (health?.status !== 200 || !/^\{"status":"ok"\}\s*$/.test(health.head)) return undefined;
  const started = await start(context, { maxTokens: 1, cadence: 'instant' });
  if (started === undefined) return undefined;
  const id = idOf(started);
  if (id === undefined) return started;
  const events = `/generations/${id}/events`;
  const [lines, blocks, page] = await Promise.all([
    quick(context, events, 'application/x-ndjson'),
    quick(context, events, 'text/event-stream'),
    quick(context, `${events}?wait=0`, 'application/json'),
  ]);
  const offered = new Set<Mode>();
  if (is(lines, 'ndjson')) offered.add('chunked');
  if (is(blocks, 'event-stream')) offered.add('sse');
  if (is(page, 'json') && page?.head.includes('"events"') === true) offered.add('long-poll').add('short-poll');
  // Only a WebSocket server answers 426; the combined one has all the others too.
  if (offered.size === MODES.length - 1 || [lines, blocks].some((answer) => answer?.status === 426))
    offered.add('websocket');
  return { modes: MODES.filter((mode) => offered.has(mode)) };
}

/** Starts a simulated answer, which is not streamed. */
export async function start(context: Context, request: object): Promise<Answer | undefined> {
  const outcome = await ask(
    context,
    {
      url: below(context, '/generations'),
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim', prompt: 'doctor', seed: 1, ...request }),
    },
    { limitMs: FIRST_LOOK_MS },
  );
  return outcome.kind === 'answer' ? outcome : undefined;
}

/** The id of a generation that was just started; undefined when it was not. */
export function idOf({ status, head }: Answer): string | undefined {
  return status === 201 ? /"id":"(gen_[A-Za-z0-9]+)"/.exec(head)?.[1] : undefined;
}

async function quick(context: Context, path: string, accept: string): Promise<Answer | undefined> {
  const url = below(context, path);
  const outcome = await ask(context, { url, headers: { accept } }, { limitMs: FIRST_LOOK_MS });
  return outcome.kind === 'answer' ? outcome : undefined;
}

function is(answer: Answer | undefined, type: string): boolean {
  return answer?.status === 200 && mediaType(answer).includes(type);
}
