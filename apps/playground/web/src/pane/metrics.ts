import type { PaneRecord } from './pane-record.js';

/** What a pane's figures say. Times in milliseconds; undefined: nothing to say yet. */
export interface Metrics {
  /** From asking to the first token. */
  readonly ttftMs: number | undefined;
  /** Tokens per second after the first event that brought any. */
  readonly tokensPerSecond: number | undefined;
  /** Delivery latency: from when a token was due to when the page had it. The median of the last second. */
  readonly latencyNowMs: number | undefined;
  /** The same, 95th percentile of the whole answer. */
  readonly latencyP95Ms: number | undefined;
  readonly tokens: number;
}

const RECENT_MS = 1_000;

/** Works out the figures of a record. Looks at every event, so it is called a few times a second, not per event. */
export function metricsOf(record: PaneRecord, nowMs: number): Metrics {
  const { at, seqs, tokens, startMs, endMs, dueMs } = record;
  const first = at[0];
  const last = at.at(-1);
  if (startMs === undefined || first === undefined || last === undefined) {
    return {
      ttftMs: undefined,
      tokensPerSecond: undefined,
      latencyNowMs: undefined,
      latencyP95Ms: undefined,
      tokens: 0,
    };
  }
  const after = record.tokenCount - (tokens[0] ?? 0);
  const seconds = (last - first) / 1000;
  const latencies = new Float64Array(at.length);
  let known = 0;
  let recentFrom = 0;
  for (let index = 0; index < at.length; index += 1) {
    const due = dueMs[seqs[index] ?? 0];
    // What was in the log before this reader came, as after a reload, is no delivery.
    if (due === undefined || due < startMs) continue;
    if ((at[index] ?? 0) < (endMs ?? nowMs) - RECENT_MS) recentFrom = known + 1;
    latencies[known] = (at[index] ?? 0) - due;
    known += 1;
  }
  return {
    ttftMs: first - startMs,
    tokensPerSecond: seconds > 0 && after > 0 ? after / seconds : undefined,
    latencyNowMs: quantile(latencies.slice(recentFrom, known), 0.5),
    latencyP95Ms: quantile(latencies.subarray(0, known), 0.95),
    tokens: record.tokenCount,
  };
}

/** The smallest value that at least this share of all are not above (nearest rank). Sorts what it is given. */
function quantile(values: Float64Array, share: number): number | undefined {
  if (values.length === 0) return undefined;
  values.sort();
  return values[Math.max(0, Math.ceil(share * values.length) - 1)];
}
