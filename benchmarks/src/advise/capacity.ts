import type { Measured } from '../compare/modes.js';
import type { Evidence } from './evidence.js';
import type { Requirements } from './requirements.js';

/** How many streams one server process holds, and how many processes that makes. */
export interface Capacity {
  /** Streams of 20 tokens/s that one process kept within the objective; null where the report does not tell. */
  readonly knee: number | null;
  /** The search ended without breaking the server: it can hold more than `knee`. */
  readonly atLeast: boolean;
  /** Server processes for all streams; 1 where nothing tells otherwise. */
  readonly processes: number;
  /** Streams that each of them gets. */
  readonly streamsEach: number;
}

/** `brokenBy` of the knee scenario: the server itself was the limit. */
const BROKEN_BY_SERVER = 1;

/** Reads the knee, scaled to the pace and the readers that were asked for. */
export function capacityOf(mode: Measured, asked: Requirements, evidence: Evidence): Capacity {
  const place = { scenario: 'knee', mode };
  const knee = evidence.figure(place, 'kneeStreams.median').value;
  const capacity = evidence.figure(place, 'kneeTokensPerSecond.median').value;
  const atLeast = evidence.figure(place, 'brokenBy.median').value !== BROKEN_BY_SERVER;
  const perStream = asked.tokensPerSecond * asked.readers;
  const room = capacity === null || capacity === 0 ? Number.POSITIVE_INFINITY : Math.floor(capacity / perStream);
  const processes = Math.max(1, Math.ceil(asked.streams / Math.max(1, room)));
  return { knee, atLeast, processes, streamsEach: Math.ceil(asked.streams / processes) };
}
