import type { StreamOptions, TokenStream } from '@tokenwire/client-kit';
import { TokenwireError, type StreamEvent } from '@tokenwire/protocol';

import type { Target } from '../target.js';
import { PATIENCE_MS, within } from './eventually.js';

/** What an application got out of a stream. */
export interface Reading {
  readonly stream: TokenStream;
  readonly events: readonly StreamEvent[];
  /** What ended the reading, unless it was the answer's end. */
  readonly error: TokenwireError | undefined;
}

/** Opens a stream on the target and reads it to its end. */
export async function read(target: Target, options: Omit<StreamOptions, 'url'>): Promise<Reading> {
  return await readToEnd(target.open({ url: target.url, ...options }));
}

/** Reads a stream to its end, whatever the end is. `onEvent` is called when an event has been applied. */
export async function readToEnd(
  stream: TokenStream,
  onEvent: (event: StreamEvent) => void = () => {},
  limitMs = PATIENCE_MS,
): Promise<Reading> {
  const events: StreamEvent[] = [];
  const loop = async (): Promise<TokenwireError | undefined> => {
    try {
      for await (const event of stream) {
        events.push(event);
        onEvent(event);
      }
      return undefined;
    } catch (error) {
      if (error instanceof TokenwireError) return error;
      throw error;
    }
  };
  try {
    return { stream, events, error: await within(limitMs, 'the stream ends', loop()) };
  } finally {
    stream.detach();
  }
}

/** Reads in the background. What goes wrong is thrown where the result is awaited, and nowhere else. */
export function reading(...how: Parameters<typeof readToEnd>): Promise<Reading> {
  const result = readToEnd(...how);
  result.catch(() => {});
  return result;
}

/** Reads `count` events and leaves the loop. */
export async function readSome(stream: TokenStream, count: number): Promise<readonly StreamEvent[]> {
  const events: StreamEvent[] = [];
  const loop = async (): Promise<void> => {
    for await (const event of stream) if (events.push(event) >= count) break;
  };
  await within(PATIENCE_MS, `${count} events`, loop());
  return events;
}
