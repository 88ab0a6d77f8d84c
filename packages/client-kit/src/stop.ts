import { type StopReceipt, TokenwireError } from '@tokenwire/protocol';
import { send, sleep } from './connection.js';
import type { Engine } from './engine.js';
import { badResponse } from './errors.js';
import { askForId, postJson } from './post.js';
import { backoffMs } from './retry.js';
import type { Attempt } from './types.js';

/** All of a stop together, tries included: a button that was pressed must answer. */
const STOP_LIMIT_MS = 10_000;
/** How long the answer to the start may take, before the stop asks for the id itself. */
const ID_LIMIT_MS = 1_000;

/**
 * `POST /generations/:id/stop`, on every transport: a stop must also work while there is no connection.
 * @throws {TokenwireError} the server's refusal, or `connection_lost`.
 */
export async function stopGeneration(engine: Engine): Promise<StopReceipt> {
  const settled = settledReceipt(engine);
  if (settled) return settled;
  const { clock, options, random } = engine.settings;
  const controller = new AbortController();
  const late = new TokenwireError('connection_lost', `The server did not confirm the stop in ${STOP_LIMIT_MS} ms.`);
  const cancel = clock.after(STOP_LIMIT_MS, () => controller.abort(late));
  const deadlineMs = clock.now() + STOP_LIMIT_MS;
  try {
    for (let failures = 0; ; failures += 1) {
      try {
        const receipt = await tryOnce(engine, controller.signal, deadlineMs);
        // The log has its terminal event now: nothing to wait for.
        engine.hurry();
        return receipt;
      } catch (error) {
        if (controller.signal.aborted) throw late;
        if (error instanceof TokenwireError && (!error.retryable || error.code === 'bad_response')) throw error;
        const asked = error instanceof TokenwireError ? error.details.retryAfterMs : undefined;
        await sleep(clock, backoffMs(failures, options.retry, random, asked), controller.signal);
      }
    }
  } finally {
    cancel();
  }
}

/** The receipt when there is nothing to ask a server for. */
function settledReceipt(engine: Engine): StopReceipt | undefined {
  const done = { alreadyDone: true, lastSeq: engine.inbox.seq, upstreamClosedMs: 0, tokensAfterStop: 0 };
  if (engine.id === undefined && engine.requests === 0) {
    // Nothing was sent, so nothing runs and nothing is billed.
    engine.cancelUnstarted();
    return { id: '', status: 'cancelled', ...done };
  }
  const status = engine.finalStatus;
  return status && { id: engine.id ?? '', status, ...done };
}

async function tryOnce(engine: Engine, signal: AbortSignal, deadlineMs: number): Promise<StopReceipt> {
  const fetch: Attempt['fetch'] = (route, init) => send(engine, route, { signal, ...init });
  // Each try may wait for the start, none longer than there is time left.
  const leftMs = deadlineMs - engine.settings.clock.now();
  if (engine.id === undefined) await engine.untilMoved(Math.min(ID_LIMIT_MS, leftMs));
  // A generation may be running whose id nobody here knows. If this starts it, it is stopped at once.
  if (engine.id === undefined) engine.inbox.learn(await askForId(fetch, engine.settings));
  const receipt = await postJson(fetch, `/generations/${engine.id}/stop`, {});
  if (typeof receipt['id'] !== 'string' || typeof receipt['status'] !== 'string') {
    throw badResponse('The server sent no receipt.');
  }
  return receipt as unknown as StopReceipt;
}
