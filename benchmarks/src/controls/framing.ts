import { ID } from './answer.js';

/** How events become the body of an HTTP response: exactly the bytes that our own servers put around them. */
export interface Framing {
  readonly contentType: string;
  /** @param seq number of the first event. */
  readonly frame: (events: readonly string[], seq: number) => string;
}

export type FramingName = 'ndjson' | 'sse';

export const FRAMINGS: Readonly<Record<FramingName, Framing>> = {
  ndjson: { contentType: 'application/x-ndjson', frame: (events) => `${events.join('\n')}\n` },
  sse: {
    contentType: 'text/event-stream',
    frame: (events, seq) => events.map((event, index) => `id: ${ID}.${seq + index}\ndata: ${event}\n\n`).join(''),
  },
};
