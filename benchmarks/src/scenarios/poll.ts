import { named, steadyTrace } from './loads.js';
import type { Cell, Scenario, Size } from './scenario.js';
import { list, NOTHING, validRows, value } from './sentences.js';
import type { Target } from '../targets/target.js';

const INTERVALS_MS = { quick: [100, 500], full: [100, 250, 500, 1000, 2000] } as const;
const PACES_MS = { quick: [10, 200], full: [10, 50, 100, 250, 500] } as const;

/** Polling is a curve, not a point: its interval buys requests with delay. */
export const poll: Scenario = {
  name: 'poll',
  recordable: true,
  title: 'Poll interval and pace',
  question: 'What does waiting longer between polls save, and what does it cost the reader?',
  cells: (size, targets) => [
    ...named(targets, 'short-poll').flatMap((target) => INTERVALS_MS[size].map((ms) => intervalCell(target, ms, size))),
    ...named(targets, 'long-poll').flatMap((target) => PACES_MS[size].map((ms) => paceCell(target, ms, size))),
  ],
  blocks: (size) => (size === 'full' ? 3 : 2),
  columns: [
    'delivery.p50',
    'delivery.p99',
    'ttft.p50',
    'done.p50',
    'requests.mean',
    'tokensPerChunk.mean',
    'serverCpuSteady.median',
    'serverCpu.median',
  ],
  compared: [],
  reference: null,
  axis: 'intervalMs',
  answer(report) {
    const rows = validRows(report);
    if (rows.length === 0) return NOTHING;
    const said = rows.map(
      (row) => `${row.target} ${row.point} ${value(row, 'requests.mean')}/${value(row, 'delivery.p50')}`,
    );
    return `Requests an answer / median delivery latency in ms: ${list(said)}.`;
  },
  notes: [
    'Short polling asks at the interval that the server advises (`nextPollMs`). Long polling holds each request until there is something new; its pace is the least time from one request to the next.',
    'The hold time itself (25 s) plays no part while tokens come; it sets how often an idle reader asks.',
  ],
};

function intervalCell(target: Target, intervalMs: number, size: Size): Cell {
  return {
    ...pollCell(target, intervalMs, size),
    point: `every ${intervalMs} ms`,
    flags: ['--next-poll-ms', String(intervalMs)],
  };
}

function paceCell(target: Target, intervalMs: number, size: Size): Cell {
  return {
    ...pollCell(target, intervalMs, size),
    point: `at most every ${intervalMs} ms`,
    options: { client: { minPollIntervalMs: intervalMs, retry: { maxAttempts: 1 } } },
  };
}

function pollCell(target: Target, intervalMs: number, size: Size): Cell {
  const load = { trace: steadyTrace(size), streams: 30, rampMs: 1_000, warmUp: 5 };
  return { target, point: '', factors: { intervalMs }, load };
}
