import { MODES } from '@tokenwire/protocol';
import Table from 'cli-table3';

import { short } from '../compare/numbers.js';
import { percentile } from '../statistics/percentile.js';
import type { StopResult } from './stop-once.js';

export interface Outcome {
  readonly results: readonly StopResult[];
  /** Aborts of requests straight to the model's server: milliseconds until it saw the close. */
  readonly control: readonly number[];
  /** The server's gauges afterwards. */
  readonly left: Readonly<Record<string, number>>;
}

/** One promise, and whether it was kept. */
export interface Verdict {
  readonly promise: string;
  readonly kept: boolean;
  readonly seen: string;
}

/** Model time that a stop may cost on an idle machine. */
const LIMIT_MS = 100;
/** What the model may have said between the stop and the close: one read buffer of small chunks. */
const BUFFER_TOKENS = 10;

/** Holds what was seen against what is promised. */
export function verdictOf({ results, left }: Outcome): readonly Verdict[] {
  const asked = results.filter(({ closedMs }) => closedMs !== null);
  const open = asked.filter(({ closedMs }) => closedMs === Number.POSITIVE_INFINITY);
  const p99 = percentile(closedOf(asked), 99);
  const after = Math.max(0, ...results.map(({ tokensAfterStop }) => tokensAfterStop));
  const wrong = results.filter(({ ended, closedMs }) => ended !== 'cancelled' && closedMs !== null);
  const rest = Object.entries(left).filter(([, value]) => value !== 0);
  return [
    {
      promise: 'every model connection is closed',
      kept: open.length === 0,
      seen: `${asked.length - open.length} of ${asked.length}; the other ${results.length - asked.length} were stopped before it was asked`,
    },
    { promise: `p99 at most ${LIMIT_MS} ms (idle machine)`, kept: p99 <= LIMIT_MS, seen: `${short(p99)} ms` },
    {
      promise: 'at most one buffer of tokens after a stop',
      kept: after <= BUFFER_TOKENS,
      seen: `${after} reached the server, at most`,
    },
    {
      promise: 'every reader sees "cancelled"',
      kept: wrong.length === 0,
      seen: wrong.length === 0 ? 'all' : `${wrong.length} saw ${wrong[0]?.ended}`,
    },
    {
      promise: 'nothing is left on the server',
      kept: rest.length === 0,
      seen: rest.length === 0 ? 'all gauges 0' : rest.map(([name, value]) => `${name} ${value}`).join(', '),
    },
  ];
}

export function render({ results, control }: Outcome, verdict: readonly Verdict[]): string {
  const table = new Table({
    head: ['mode', 'stops', 'closed p50 ms', 'p99 ms', '× abort p99', 'receipt p99 ms', 'tokens after, max'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const controlP99 = percentile(control, 99);
  for (const mode of [...MODES, 'all'] as const) {
    const rows = mode === 'all' ? results : results.filter((result) => result.mode === mode);
    const closed = closedOf(rows);
    const p99 = percentile(closed, 99);
    const ratio = (p99 / controlP99).toFixed(1);
    const receipt = percentile(
      rows.map(({ receiptMs }) => receiptMs),
      99,
    );
    const after = Math.max(...rows.map(({ tokensAfterStop }) => tokensAfterStop));
    table.push([mode, rows.length, short(percentile(closed, 50)), short(p99), ratio, short(receipt), after]);
  }
  table.push(['abort', control.length, short(percentile(control, 50)), short(controlP99), '1.0', '', '']);
  const lines = verdict.map(({ promise, kept, seen }) => `${kept ? '✓' : '✗'} ${promise}: ${seen}`);
  return [
    table.toString(),
    'Closed: from the call of stop() in the client until the model’s server saw its connection close.',
    'Abort: the same for a request straight to the model’s server, in the same run.',
    ...lines,
  ].join('\n');
}

function closedOf(results: readonly StopResult[]): number[] {
  return results.flatMap(({ closedMs }) => (closedMs === null ? [] : [closedMs]));
}
