import { CLIENTS } from '@tokenwire/conformance';
import { fetchTicket } from '@tokenwire/client-kit';
import type { GenerationRequest, Mode } from '@tokenwire/protocol';

/** How an answer's life may go. */
export const LIVES = ['read', 'stop', 'leave', 'resume', 'twice', 'ticket', 'refused'] as const;
export type Life = (typeof LIVES)[number];

/** Short, but long enough to be stopped or left in the middle of it. */
const REQUEST: GenerationRequest = {
  prompt: 'Hello',
  model: 'sim',
  maxTokens: 12,
  cadence: { ttftMs: 0, tokensPerSecond: 2_000 },
  onDisconnect: 'cancel',
};

/** Seq of the event at which a reader does something else than read on. */
const TURN_SEQ = 4;

/** Lives one life to its end. @throws when an answer that should be whole is not. */
export async function liveOnce(url: string, mode: Mode, life: Life): Promise<void> {
  const open = CLIENTS[mode];
  const request = life === 'resume' ? { ...REQUEST, onDisconnect: 'continue' as const } : REQUEST;
  if (life === 'refused') {
    const refused = open({ url, request: { ...request, model: 'nobody' }, retry: { maxAttempts: 1 } });
    await refused.text().catch(() => undefined);
    return;
  }
  if (life === 'ticket') return await byTicket(url);
  const idempotencyKey = crypto.randomUUID();
  const stream = open({ url, request, idempotencyKey });
  let stopping: Promise<unknown> | undefined;
  for await (const { seq } of stream) {
    if (seq !== TURN_SEQ) continue;
    if (life === 'stop') stopping = stream.stop();
    if (life === 'leave' || life === 'resume') break;
  }
  await stopping;
  if (life === 'read' && stream.status !== 'completed') throw new Error(`${mode}: an answer ended ${stream.status}`);
  if (life === 'resume') await open({ url, after: stream.cursor }).text();
  if (life === 'twice') await open({ url, request, idempotencyKey }).text();
}

/** A stream that is opened with a ticket, as an `EventSource` would. */
async function byTicket(url: string): Promise<void> {
  const ticket = await fetchTicket({ url, headers: {} });
  const answer = await fetch(`${url}/stream?prompt=x&model=sim&maxTokens=3&cadence=instant&ticket=${ticket}`);
  if (!answer.ok) throw new Error(`a ticket was answered with ${answer.status}`);
  await answer.text();
}
