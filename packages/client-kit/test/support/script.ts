import type { Attempt, Connect, StreamOptions, TokenStream } from '../../src/index.js';
import { openStream } from '../../src/index.js';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { ID } from './answer.js';

/** A batch arrives · the connection breaks · nothing happens any more · some bytes arrive after a while. */
export type Step = readonly unknown[] | Error | 'hang' | { readonly bytesAfterMs: number };

export interface Script {
  readonly clock: VirtualClock;
  readonly stream: TokenStream;
  readonly attempts: { readonly at: number; readonly cursor: string | undefined; readonly attempt: Attempt }[];
  readonly statuses: string[];
  /** Connections that have not ended. */
  live: number;
}

export const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

/** A stream over connections that go as written, the last of them for ever; `random` is 1, so waits are the longest. */
export function script(
  connections: readonly (readonly Step[])[],
  options: Partial<StreamOptions> = {},
  { announce = true } = {},
): Script {
  const clock = new VirtualClock({ startMs: 0 });
  const result: Script = { clock, attempts: [], statuses: [], live: 0 } as unknown as Script;
  const connect: Connect = async function* (attempt) {
    const steps = connections[Math.min(result.attempts.length, connections.length - 1)] ?? [];
    result.attempts.push({ at: clock.now(), cursor: attempt.cursor, attempt });
    result.live += 1;
    try {
      if (announce && !(steps[0] instanceof Error)) attempt.started(ID);
      for (const step of steps) {
        if (step instanceof Error) throw step;
        if (step === 'hang') await hang(attempt.signal);
        else if ('bytesAfterMs' in step) {
          await new Promise<void>((resolve) => void clock.after(step.bytesAfterMs, resolve));
          attempt.bytes(1);
        } else yield step;
      }
    } finally {
      result.live -= 1;
    }
  };
  const stream = openStream(
    {
      url: 'http://host.test',
      ...(options.after === undefined ? { request: { prompt: 'x' } } : {}),
      clock,
      random: () => 1,
      onStatus: (status) => result.statuses.push(status),
      ...options,
    },
    connect,
  );
  return Object.assign(result, { stream });
}

/** A `fetch` that answers from a list, one after the other, the last one for ever. */
export function answers(
  ...list: (Response | Error | 'hang' | (() => Response))[]
): typeof globalThis.fetch & { readonly calls: { readonly url: string; readonly init: RequestInit }[] } {
  const calls: { url: string; init: RequestInit }[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const answer = list[Math.min(calls.length, list.length - 1)];
    calls.push({ url: String(url), init });
    if (answer instanceof Error) throw answer;
    if (answer === 'hang' || answer === undefined) return hang(init.signal as AbortSignal);
    return typeof answer === 'function' ? answer() : answer.clone();
  };
  return Object.assign(fetch as typeof globalThis.fetch, { calls });
}

export const jsonResponse = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
