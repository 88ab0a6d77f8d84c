import type { PollPage } from '@tokenwire/protocol';

import { utf8 } from './content.js';
import { conversationOf } from './conversation.js';
import type { RecordedConnection } from './recorder.js';

/** Events that came together, in one chunk or one page: how many, and after which. */
export interface Group {
  readonly after: number;
  readonly events: number;
}

/**
 * How the events of an answer were grouped: by timing alone, so no arithmetic can know it. In the order of connections.
 * Of our own events, in chunked responses and pages of polls; the frames of a socket hold one event each.
 */
export function groupingOf(connections: readonly RecordedConnection[]): readonly Group[] {
  return connections
    .filter(({ up }) => up.length > 0)
    .flatMap((connection) => conversationOf(connection).responses)
    .filter(({ headers }) => !headers.has('content-encoding'))
    .flatMap(({ chunks }) => chunks.map((chunk) => groupIn(utf8([chunk]))))
    .filter((group) => group !== undefined);
}

/** Undefined where there is neither an event nor a page of none: the answer to a start. */
function groupIn(text: string): Group | undefined {
  if (text.startsWith('{"events":[')) {
    const { events, cursor } = JSON.parse(text) as PollPage<unknown>;
    return { after: Number(cursor.split('.').at(-1)) - events.length, events: events.length };
  }
  const seqs = [...text.matchAll(/^(?:data: )?\{"seq":(\d+),/gm)].map(([, seq]) => Number(seq));
  return seqs[0] === undefined ? undefined : { after: seqs[0] - 1, events: seqs.length };
}
