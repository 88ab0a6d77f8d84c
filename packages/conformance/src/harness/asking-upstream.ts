import type { Target } from '../target.js';
import { jsonPost } from './answers.js';
import { call } from './http.js';
import { ACCEPT, askBySocket, refusalIn, type Refusal } from './raw-events.js';
import type { UpstreamModel } from './upstream.js';

/** A request to the upstream that can be told from all others by its prompt. */
export function requestTo(model: UpstreamModel): { readonly model: string; readonly prompt: string } {
  return { model: `compatible/${model}`, prompt: crypto.randomUUID() };
}

/** Starts in the target's own way, and gives the refusal. `retryAfter` is empty where there is no such header. */
export async function startRefused(
  target: Target,
  request: object,
): Promise<Refusal & { readonly retryAfter: string }> {
  if (target.mode === 'websocket') {
    return { ...(await askBySocket(target, { type: 'generate', ref: 1, request })), retryAfter: '' };
  }
  const answer = await call(`${target.url}/generations`, jsonPost(request, { accept: ACCEPT[target.mode] }));
  return { ...refusalIn(answer), retryAfter: answer.headers['retry-after'] ?? '' };
}
