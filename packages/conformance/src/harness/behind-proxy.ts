import { deepEqual, equal } from 'node:assert/strict';

import type { StreamOptions, TokenStream } from '@tokenwire/client-kit';
import type { GenerationRequest, StreamEvent } from '@tokenwire/protocol';

import { FaultProxy, type Plan } from '../fault-proxy/index.js';
import type { Target } from '../target.js';
import { at, callStart, jsonPost, QUICK, snapshot } from './answers.js';
import { checkLog } from './check.js';
import { read, readToEnd } from './reading.js';

/** Runs `work` with a proxy in front of the target. */
export async function behindProxy<T>(
  target: Pick<Target, 'url'>,
  work: (proxy: FaultProxy) => Promise<T>,
  faults: Plan = {},
): Promise<T> {
  const proxy = await FaultProxy.before(target.url, { faults });
  try {
    return await work(proxy);
  } finally {
    await proxy.close();
  }
}

/** How an answer is read whose connections break. */
export interface Survival extends Omit<StreamOptions, 'url' | 'request' | 'after'> {
  /** Default: forty tokens at once. */
  readonly request?: GenerationRequest;
  /** Called with each event that was applied. */
  readonly onEvent?: (event: StreamEvent) => void;
}

/**
 * Reads an answer through the proxy, and checks it against the server’s own record, and that it was started only once.
 * @returns the stream, read to its end.
 */
export async function checkSurvives(
  target: Target,
  proxy: FaultProxy,
  { request = QUICK, onEvent, ...options }: Survival = {},
): Promise<TokenStream> {
  const idempotencyKey = crypto.randomUUID();
  const opened = target.open({ ...options, url: proxy.url, request, idempotencyKey });
  const { stream, events, error } = await readToEnd(opened, onEvent);
  equal(error, undefined);
  checkLog(events);
  const id = stream.id ?? '';
  equal(stream.textSoFar, (await snapshot(target, id)).text);
  const again = await read(target, { after: at(id, 0) });
  deepEqual(events, again.events);
  const repeated = jsonPost(request, { 'idempotency-key': idempotencyKey });
  const { json } = await callStart(`${target.url}/generations`, repeated);
  equal(json.id, id, 'the start was not repeated as a second generation');
  return stream;
}
