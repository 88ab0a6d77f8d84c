import type { StreamEvent } from '@tokenwire/protocol';
import type { VirtualClock } from '@tokenwire/protocol/testing';
import type { OpenStream, StreamOptions, TokenStream } from '../../src/index.js';
import { type ScriptedServer, proxy } from './server.js';

/** Options under which nothing waits longer than it must. */
export const QUICK = { retry: { baseMs: 1, capMs: 2 }, minPollIntervalMs: 0 } as const;

export interface Outcome {
  readonly events: StreamEvent[];
  readonly error: unknown;
}

/** Reads to the end, whichever it is. */
export async function drain(stream: TokenStream): Promise<Outcome> {
  const events: StreamEvent[] = [];
  try {
    for await (const event of stream) events.push(event);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

/** The virtual time that passes until `work` has settled either way, in milliseconds. */
export async function elapsed(clock: VirtualClock, work: Promise<unknown>): Promise<number> {
  const startedAt = clock.now();
  await clock.runUntil(Promise.allSettled([work]));
  return clock.now() - startedAt;
}

/** Resolves when `condition` holds; a test that waits for ever fails by its own time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/**
 * Reads one answer once per byte (or `step` bytes) of its transfer, each time with the connection cut after that byte.
 * @returns the number of cuts.
 */
export async function cutEverywhere(
  open: OpenStream,
  server: Pick<ScriptedServer, 'url'>,
  check: (outcome: Outcome, cutAfter: number) => void,
  options: Partial<StreamOptions> = {},
  step = 1,
): Promise<number> {
  const read = async (cutAfter: number, reset: boolean): Promise<number> => {
    const between = await proxy(server.url, { cutAfter, reset });
    const stream = open({ url: between.url, request: { prompt: 'x' }, ...QUICK, ...options });
    check(await drain(stream), cutAfter);
    await between.close();
    return between.passed;
  };
  const length = await read(Infinity, false);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < length) {
      const cutAfter = next;
      next += step;
      await read(cutAfter, cutAfter % 2 === 1);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return length;
}
