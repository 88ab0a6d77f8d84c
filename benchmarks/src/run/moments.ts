import { InvalidMeasurement } from '../compare/failures.js';
import { askJson } from '../compare/http.js';
import type { StreamNotes } from '../agent/job.js';
import type { Trace } from '../trace/trace.js';
import type { Process } from './processes.js';
import { ask } from './use.js';

/** When a server had the tokens of one stream. Milliseconds of the machine's monotonic clock. */
export interface Moments {
  /** Time 0 of the trace: when the request came to the model. */
  readonly dueStartMs: number;
  /** w − q of each token in microseconds; as many as the server has said. */
  readonly slipUs: readonly number[];
}

type TimingRow = readonly [seq: number, dueMs: number | null, appendedMs: number];

/** Events before the first token of a recording that is all text: `message_start`, `content_block_start`. */
const EVENTS_BEFORE = 2;
/** Recordings are kept in milliseconds with fractions; a timetable that differs by more is another one. */
const TOLERANCE_US = 2;

/** Asks one of our servers when each token of an answer was due and appended to the log. */
export async function momentsFromTiming(url: string, id: string, trace: Trace): Promise<Moments> {
  const { events } = await askJson<{ readonly events: readonly TimingRow[] }>(`${url}/generations/${id}/timing`);
  const rows = events.slice(EVENTS_BEFORE, EVENTS_BEFORE + trace.tokens).filter(([, due]) => due !== null);
  const dueMs = rows.map(([, due]) => due ?? Number.NaN);
  const dueStartMs = (dueMs[0] ?? Number.NaN) - (trace.offsetsUs[0] ?? 0) / 1000;
  const differs = dueMs.findIndex(
    (due, index) => Math.abs((due - dueStartMs) * 1000 - (trace.offsetsUs[index] ?? Number.NaN)) > TOLERANCE_US,
  );
  // What follows a stopped answer is due as well, but is no token.
  if (differs >= 0 && differs < Math.min(dueMs.length, trace.tokens) - EVENTS_AFTER) {
    throw new InvalidMeasurement(`the server played another timetable than that of trace ${trace.name}`);
  }
  return { dueStartMs, slipUs: rows.map(([, due, appended]) => Math.round((appended - (due ?? Number.NaN)) * 1000)) };
}

/** Events after the last token of an answer that was stopped early. */
const EVENTS_AFTER = 3;

interface FeedAnswer {
  readonly type: 'moments';
  readonly streams: readonly (Moments & { readonly stream: number })[];
}

/** Asks a control or a peer what its feed has noted. @returns one entry a stream, by its number. */
export async function momentsFromFeed(server: Process): Promise<ReadonlyMap<number, Moments>> {
  const { streams } = await ask<FeedAnswer>(server, { type: 'moments' });
  return new Map(streams.map((moments) => [moments.stream, moments]));
}

/** The moments of all streams of a trial, by the number of the stream. */
export async function momentsOf(
  how: 'timing' | 'feed',
  server: Process,
  url: string,
  notes: readonly StreamNotes[],
  trace: Trace,
): Promise<ReadonlyMap<number, Moments>> {
  if (how === 'feed') return momentsFromFeed(server);
  const found = new Map<number, Moments>();
  const byId = new Map<string, Moments>();
  for (const { index, id } of notes) {
    if (id === '') continue;
    // Many readers of one answer ask for it once.
    const moments = byId.get(id) ?? (await momentsFromTiming(url, id, trace));
    byId.set(id, moments);
    found.set(index, moments);
  }
  return found;
}
