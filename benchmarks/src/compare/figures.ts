import type { StreamRecord } from './measure-stream.js';

/** One event on the server: seq, when its timetable wanted it (null without one), when it was appended to the log. */
export type TimingRow = readonly [seq: number, dueMs: number | null, appendedMs: number];

/**
 * The figures of one stream, in milliseconds. Definitions: `s` request issued, `tᵢ` arrival of token i at the
 * application, `n` tokens, `e` the reader knows it is finished, `qᵢ` when the timetable wanted token i, `aᵢ` when the
 * server appended it to its log.
 */
export interface StreamFigures {
  /** Tokens received: n. */
  readonly tokens: number;
  /** Time to first token: t₁ − s. Connecting is included. A delta without content is no first token. */
  readonly ttftMs: number;
  /** What server and transport add to it: t₁ − q₁. Null without a timetable. */
  readonly addedTtftMs: number | null;
  /** Inter-token latencies: tᵢ − tᵢ₋₁. Tokens that came together have 0. */
  readonly itlMs: readonly number[];
  /** Time per output token after the first: (tₙ − t₁)/(n − 1). */
  readonly tpotMs: number;
  /** Time to last token: tₙ − s. */
  readonly ttltMs: number;
  /** Time until the reader knew that nothing follows: e − s. */
  readonly doneMs: number;
  /** Token delivery latency D = tᵢ − qᵢ, one a token: slip + transport. Empty without a timetable. */
  readonly deliveryMs: readonly number[];
  /** The server's part of D: aᵢ − qᵢ. Empty without a timetable. */
  readonly slipMs: readonly number[];
  /** The rest of D: tᵢ − aᵢ, from the log to the application. */
  readonly transportMs: readonly number[];
  /** qᵢ − q₁ in whole microseconds, one a token: the trace that this stream followed. Null without a timetable. */
  readonly traceUs: readonly number[] | null;
}

/** Works out the figures of one stream from what its reader and its server noted. */
export function figuresOf(record: StreamRecord, timing: readonly TimingRow[]): StreamFigures {
  const { startMs, endMs } = record;
  // A delta of several tokens is that many tokens, arriving together.
  const tokens = record.arrivals.flatMap((arrival) => Array.from({ length: arrival.tokens }, () => arrival));
  const times = tokens.map(({ atMs }) => atMs);
  const rows = new Map(timing.map((row) => [row[0], row]));
  const due = tokens.map(({ seq }) => rows.get(seq)?.[1] ?? null);
  const appended = tokens.map(({ seq }) => rows.get(seq)?.[2] ?? Number.NaN);
  const paced = due.every((at) => at !== null) ? due : null;

  const visible = Math.max(
    tokens.findIndex(({ empty }) => !empty),
    0,
  );
  const first = times[visible] ?? Number.NaN;
  const last = times.at(-1) ?? Number.NaN;
  return {
    tokens: tokens.length,
    ttftMs: first - startMs,
    addedTtftMs: paced ? first - (paced[visible] ?? Number.NaN) : null,
    itlMs: times.slice(1).map((at, index) => at - (times[index] ?? Number.NaN)),
    tpotMs: (last - (times[0] ?? Number.NaN)) / (tokens.length - 1),
    ttltMs: last - startMs,
    doneMs: endMs - startMs,
    deliveryMs: paced ? subtract(times, paced) : [],
    slipMs: paced ? subtract(appended, paced) : [],
    transportMs: subtract(times, appended),
    traceUs: paced ? paced.map((at) => Math.round((at - (paced[0] ?? 0)) * 1000)) : null,
  };
}

function subtract(left: readonly number[], right: readonly number[]): number[] {
  return left.map((value, index) => value - (right[index] ?? Number.NaN));
}
