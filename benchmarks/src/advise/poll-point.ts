import type { Measured } from '../compare/modes.js';
import type { Row } from '../report/model.js';
import type { Evidence } from './evidence.js';
import type { Requirements } from './requirements.js';

/** A point of the poll curve. */
export interface PollPoint {
  /** As the scenario shows it: `every 250 ms`. */
  readonly point: string;
  /** Shortest time from one poll to the next, in milliseconds. */
  readonly intervalMs: number;
  /** Answers at the same time when it was measured. */
  readonly streams: number;
}

/**
 * Polling buys requests with delay. Chosen is the point with the fewest requests among those that keep the objective; if
 * none does, the one with the shortest delay.
 */
export function pollPoint(mode: Measured, asked: Requirements, evidence: Evidence): PollPoint | null {
  if (!mode.endsWith('-poll')) return null;
  const rows = evidence.rows({ scenario: 'poll', mode });
  const keeping = rows.filter((row) => lateness(row) <= asked.latencyObjectiveMs);
  const best = keeping.length > 0 ? least(keeping, (row) => row.values['requests.mean']?.value) : least(rows, lateness);
  if (!best) return null;
  const { point, factors, streams, blocks } = best;
  return { point, intervalMs: Number(factors['intervalMs']), streams: streams / blocks };
}

/** D p99, or the median where the sample does not carry it. */
function lateness({ values }: Row): number {
  return values['delivery.p99']?.value ?? values['delivery.p50']?.value ?? Number.POSITIVE_INFINITY;
}

function least(rows: readonly Row[], of: (row: Row) => number | null | undefined): Row | undefined {
  const value = (row: Row): number => of(row) ?? Number.POSITIVE_INFINITY;
  return rows.toSorted((a, b) => value(a) - value(b))[0];
}
