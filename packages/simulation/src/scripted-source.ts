import { TokenwireError, type Clock } from '@tokenwire/protocol';
import type { Piece, SourceContext, SourceRequest } from '@tokenwire/token-source';

import type { AnswerPlan } from './plan.js';

/** One call of a model, as the checker sees it afterwards. */
export interface SourceCall {
  readonly answer: AnswerPlan;
  /** Tells apart the calls for one answer: each generation draws its own. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** When the log told it to stop, in milliseconds of the clock. */
  abortedMs: number | undefined;
  /** When its connection was closed. */
  closedMs: number | undefined;
  /** All text that it has said before it was told to stop. */
  text: string;
}

/** How long a model that says nothing more is waited for, in milliseconds: as real sources do. */
const STALLED_MS = 60_000;
const END: Piece = { type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1 }, tokens: 0 };

/** A model that follows its plan. It keeps a record of how it was treated. */
export async function* playAnswer(
  answer: AnswerPlan,
  { seed }: SourceRequest,
  { signal, clock }: SourceContext,
  record: (call: SourceCall) => void,
): AsyncGenerator<readonly Piece[], void, undefined> {
  const call: SourceCall = { answer, seed, signal, abortedMs: undefined, closedMs: undefined, text: '' };
  record(call);
  const note = (): void => void (call.abortedMs = clock.now());
  signal.addEventListener('abort', note, { once: true });
  const heard = answer.closing === 'deaf' ? undefined : signal;
  try {
    if (answer.ending === 'refuse') throw new TokenwireError('upstream_error', 'The model refused.');
    for (const { afterMs, pieces } of answer.batches) {
      await pause(clock, afterMs, heard);
      if (heard?.aborted) return;
      if (!signal.aborted) for (const piece of pieces) if (piece.type === 'text') call.text += piece.text;
      yield pieces;
    }
    if (answer.ending === 'stall') await pause(clock, STALLED_MS, heard);
    if (heard?.aborted) return;
    yield* end(answer);
  } finally {
    if (signal.aborted && typeof answer.closing === 'number') await pause(clock, answer.closing);
    signal.removeEventListener('abort', note);
    call.closedMs = clock.now();
    // oxlint-disable-next-line no-unsafe-finally -- what is tested
    if (answer.ending === 'throw-after-end') throw new Error('a bug while closing');
  }
}

function* end({ ending }: AnswerPlan): Generator<readonly Piece[], void, undefined> {
  if (ending === 'error') throw new TokenwireError('upstream_error', 'The model broke.');
  if (ending === 'stall') throw new TokenwireError('upstream_stalled', 'The model says nothing.');
  if (ending === 'bug') throw new Error('a bug in a source');
  if (ending !== 'truncate') yield [{ ...END }];
}

/** Waits; an abort of the signal ends the wait. Leaves neither timer nor listener. */
function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (delayMs === 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const go = (): void => {
      callOff();
      signal?.removeEventListener('abort', go);
      resolve();
    };
    const callOff = clock.after(delayMs, go);
    signal?.addEventListener('abort', go, { once: true });
  });
}
