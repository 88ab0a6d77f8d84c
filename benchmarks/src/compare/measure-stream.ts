import type { OpenStream, StreamOptions } from '@tokenwire/client-kit';
import { isTerminal, type StreamEvent } from '@tokenwire/protocol';

import { nowMs } from './clock.js';

/** One delta, as it came to the application. */
export interface Arrival {
  readonly seq: number;
  /** Tokens in it. */
  readonly tokens: number;
  readonly atMs: number;
  /** Whether it carried any text at all. */
  readonly empty: boolean;
}

/** One answer as one reader saw it. Times in milliseconds of the system's monotonic clock. */
export interface StreamRecord {
  readonly id: string;
  /** When the request was issued. Connecting comes after it. */
  readonly startMs: number;
  readonly arrivals: readonly Arrival[];
  /** When the reader knew that the answer is finished. */
  readonly endMs: number;
  readonly text: string;
  /** Seq of every event, in the order of arrival. */
  readonly seqs: readonly number[];
  /** Type of every terminal event: exactly one when all is well. */
  readonly terminals: readonly string[];
  /** HTTP requests and sockets. */
  readonly requests: number;
  /** Connections after the first: a stream that was cut measures something else. */
  readonly reconnects: number;
  /** Bytes of payload, HTTP and WebSocket framing taken off. */
  readonly payloadBytes: number;
}

/**
 * Reads one answer to its end and notes when each event came.
 * @throws what the client throws; and the signal's reason when that is why.
 */
export async function measureStream(open: OpenStream, options: StreamOptions): Promise<StreamRecord> {
  const events: StreamEvent[] = [];
  const times: number[] = [];
  let payloadBytes = 0;
  const stream = open({ ...options, onBytes: (count) => (payloadBytes += count) });
  const startMs = nowMs();
  try {
    // Nothing but two pushes while it is measured; everything else is worked out afterwards.
    for await (const event of stream) {
      times.push(nowMs());
      events.push(event);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  }
  const endMs = nowMs();
  const { id = '', requests, reconnects } = stream;
  return { id, startMs, endMs, requests, reconnects, payloadBytes, ...contentOf(events, times) };
}

/** What the events say, apart from when the connection was made and ended. */
export function contentOf(
  events: readonly StreamEvent[],
  times: readonly number[],
): Pick<StreamRecord, 'arrivals' | 'text' | 'seqs' | 'terminals'> {
  const arrivals: Arrival[] = [];
  let text = '';
  for (const [index, event] of events.entries()) {
    if (event.type !== 'content_block_delta') continue;
    const { seq, delta, tokens = 1 } = event;
    if (delta.type === 'text_delta') text += delta.text;
    const content = delta.type === 'text_delta' ? delta.text : JSON.stringify(delta);
    arrivals.push({ seq, tokens, atMs: times[index] ?? Number.NaN, empty: content === '' });
  }
  const terminals = events.filter((event) => isTerminal(event)).map((event) => event.type);
  return { arrivals, text, seqs: events.map((event) => event.seq), terminals };
}
