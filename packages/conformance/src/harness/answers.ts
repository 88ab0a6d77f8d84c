import { equal } from 'node:assert/strict';

import { formatCursor, type GenerationRequest, type Snapshot, type StopReceipt } from '@tokenwire/protocol';

import { eventually, PATIENCE_MS } from './eventually.js';
import { call, callJson, type CallOptions, type JsonAnswer } from './http.js';

/** Where the server is: all that the routes common to all servers need. */
export interface Address {
  readonly url: string;
}

/** Forty tokens at once. */
export const QUICK = { model: 'sim', prompt: 'Hello', maxTokens: 40, seed: 7, cadence: 'instant' } as const;

/** Sixty tokens in a fifth of a second: long enough to be interrupted. */
export const PACED = {
  ...QUICK,
  maxTokens: 60,
  cadence: { ttftMs: 0, tokensPerSecond: 300, jitter: 0 },
} as const satisfies GenerationRequest;

/** Runs for minutes unless it is stopped. */
export const ENDLESS = {
  ...QUICK,
  maxTokens: 100_000,
  cadence: { ttftMs: 0, tokensPerSecond: 200, jitter: 0 },
} as const satisfies GenerationRequest;

/** Says five tokens and then nothing until it is stopped. */
export const SILENT = { ...QUICK, model: 'sim/stall', maxTokens: 10 } as const satisfies GenerationRequest;

/** The options of a POST with a JSON body, answered with JSON. */
export function jsonPost(body: unknown, headers: Readonly<Record<string, string>> = {}): CallOptions {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const defaults = { accept: 'application/json', 'content-type': 'application/json' };
  return { method: 'POST', headers: { ...defaults, ...headers }, body: text };
}

/** A start that is answered with JSON at once. */
export async function callStart(url: string, options: CallOptions): Promise<JsonAnswer<{ readonly id: string }>> {
  return (await callJson(url, options)) as JsonAnswer<{ readonly id: string }>;
}

/** A request that is answered with a snapshot. */
export async function callSnapshot(url: string, options?: CallOptions): Promise<JsonAnswer<Snapshot>> {
  return (await callJson(url, options)) as JsonAnswer<Snapshot>;
}

/** Starts a generation without reading it, and gives its id. */
export async function start({ url }: Address, request: GenerationRequest): Promise<string> {
  const { status, json } = await callStart(`${url}/generations`, jsonPost(request));
  equal(status, 201, `the start is answered with 201, not with ${JSON.stringify(json)}`);
  return json.id;
}

/** The cursor after event `seq`. */
export const at = formatCursor;

export async function snapshot({ url }: Address, id: string): Promise<Snapshot> {
  const { status, json } = await callSnapshot(`${url}/generations/${id}`);
  equal(status, 200);
  return json;
}

/** The snapshot once the generation has ended, by itself. */
export async function ended({ url }: Address, id: string): Promise<Snapshot> {
  return await eventually(
    `${id} has ended`,
    async () => {
      const { json } = await callSnapshot(`${url}/generations/${id}?wait=1`);
      return json.status !== 'running' && json;
    },
    PATIENCE_MS,
  );
}

/** Starts a generation and waits for its end. */
export async function finished(address: Address, request: GenerationRequest = QUICK): Promise<Snapshot> {
  return await ended(address, await start(address, request));
}

export async function stop({ url }: Address, id: string): Promise<StopReceipt> {
  const { status, json } = await callJson(`${url}/generations/${id}/stop`, { method: 'POST' });
  equal(status, 200);
  return json as StopReceipt;
}

/** Runs `work` while a generation runs, and stops it afterwards. */
export async function whileRunning<T>(
  address: Address,
  request: GenerationRequest,
  work: (id: string) => Promise<T>,
): Promise<T> {
  const id = await start(address, request);
  try {
    return await work(id);
  } finally {
    await stop(address, id);
  }
}

/** The value of one of the server's gauges. */
export async function gauge({ url }: Address, name: string): Promise<number> {
  const { text } = await call(`${url}/metrics`);
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? Number.NaN);
}

/** The seq in a cursor. */
export function seqOf(cursor: string): number {
  return Number(cursor.slice(cursor.indexOf('.') + 1));
}
