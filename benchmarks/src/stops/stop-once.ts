import type { OpenStream } from '@tokenwire/client-kit';
import { TokenwireError, type Mode, type StopReceipt } from '@tokenwire/protocol';

import type { Upstreams } from './upstreams.js';

/** One stop, seen from both ends. Times in milliseconds. */
export interface StopResult {
  readonly mode: Mode;
  /**
   * From the call of `stop()` until the model's server saw its connection close; null when it was never asked,
   * infinite when it had not closed 10 s later.
   */
  readonly closedMs: number | null;
  /** What the server's receipt says of the same; the network on both sides is not in it. */
  readonly receiptMs: number;
  /** Tokens that the model's server had written when it saw the close, less those it had written at the stop. */
  readonly wastedTokens: number;
  /** Tokens that reached the server after the stop, by its receipt. */
  readonly tokensAfterStop: number;
  /** How the answer ended for its reader. */
  readonly ended: string;
  readonly text: string;
}

export interface StopPlan {
  readonly mode: Mode;
  readonly open: OpenStream;
  readonly url: string;
  readonly prompt: string;
  /** From the start of the reading until the stop. */
  readonly delayMs: number;
}

const CLOSE_LIMIT_MS = 10_000;

/** Starts an answer, reads it, stops it after a while, and waits until both ends are closed. */
export async function stopOnce(plan: StopPlan, upstreams: Upstreams): Promise<StopResult> {
  const { mode, open, url, prompt, delayMs } = plan;
  const stream = open({ url, request: { model: 'compatible/any', prompt, onDisconnect: 'continue' } });
  const reading = stream.text().then(
    () => stream.status,
    (error: unknown) => (error instanceof TokenwireError ? error.code : String(error)),
  );
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const before = upstreams.find(prompt)?.tokensSent ?? 0;
  const stoppedAt = performance.now();
  const receipt: StopReceipt = await stream.stop();
  const ended = await reading;
  const call = upstreams.find(prompt);
  const never = new Promise<number>((resolve) => {
    setTimeout(resolve, CLOSE_LIMIT_MS, Number.POSITIVE_INFINITY).unref();
  });
  const closedAt = call && (await Promise.race([call.socketClosed, never]));
  return {
    mode,
    closedMs: closedAt === undefined ? null : closedAt - stoppedAt,
    receiptMs: receipt.upstreamClosedMs,
    wastedTokens: call ? call.tokensSent - before : 0,
    tokensAfterStop: receipt.tokensAfterStop,
    ended,
    text: stream.textSoFar,
  };
}
