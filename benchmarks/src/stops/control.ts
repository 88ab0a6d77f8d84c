import type { OpenAiUpstream } from '@tokenwire/token-source/testing';

import type { Upstreams } from './upstreams.js';

/**
 * How long the machine itself takes: a request straight to the model's server, aborted at a random moment.
 * @returns milliseconds from the abort until the model's server saw its connection close.
 */
export async function abortDirectly(
  { url }: OpenAiUpstream,
  upstreams: Upstreams,
  prompt: string,
  delayMs: number,
): Promise<number> {
  const controller = new AbortController();
  const body = JSON.stringify({ model: 'any', messages: [{ role: 'user', content: prompt }], stream: true });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body, signal: controller.signal });
  const reading = answer.text().catch(() => '');
  const call = await upstreams.callFor(prompt);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const abortedAt = performance.now();
  controller.abort();
  await reading;
  return (await call.socketClosed) - abortedAt;
}
