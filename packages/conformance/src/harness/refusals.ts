import { equal, ok } from 'node:assert/strict';

import type { ServerErrorCode } from '@tokenwire/protocol';

import { finished, QUICK, type Address } from './answers.js';
import type { Refusal } from './raw-events.js';

/** Every bad input is answered within this. */
const ANSWER_LIMIT_MS = 1_000;

/** What a bad input is answered with. */
export interface Expected {
  readonly status: number;
  readonly code: ServerErrorCode;
  readonly names?: string;
}

/**
 * Sends a bad input and checks its answer: which, that it names the culprit, how long it took, and that the server
 * still works afterwards.
 */
export async function checkRefused(
  address: Address,
  send: () => Promise<Refusal>,
  { status, code, names = '' }: Expected,
): Promise<void> {
  let startedAt = performance.now();
  let answer = await send();
  let tookMs = performance.now() - startedAt;
  // The machine may have been busy with something else: only a server that is slow each time is slow.
  for (let tries = 1; tookMs > ANSWER_LIMIT_MS && tries < 5; tries += 1) {
    startedAt = performance.now();
    answer = await send();
    tookMs = performance.now() - startedAt;
  }
  equal(`${answer.status} ${answer.error?.code}`, `${status} ${code}`);
  const { message = '', retryable } = answer.error ?? {};
  ok(message.includes(names), `the message names ${names}: ${message}`);
  ok(message.length > 5 && message.length < 500, 'the message is short');
  ok(!message.includes('<script'), 'and echoes no markup');
  equal(retryable, false);
  ok(tookMs < ANSWER_LIMIT_MS, `answered after ${Math.round(tookMs)} ms`);
  equal((await finished(address, { ...QUICK, maxTokens: 2 })).status, 'completed', 'the server still works');
}
