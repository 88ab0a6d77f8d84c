import { steadyTrace } from './loads.js';
import type { Cell, Scenario, Size } from './scenario.js';
import { list, NOTHING, numberOf, validRows, value } from './sentences.js';
import { OURS_LEAN } from '../targets/ours.js';
import type { Target } from '../targets/target.js';

const COUNTS = { quick: [50, 400], full: [50, 200, 800] } as const;

/** Answers at the same time: what a stream costs when there are many. */
export const streams: Scenario = {
  name: 'streams',
  title: 'Concurrent streams',
  question: 'How do cost and latency grow with the number of streams?',
  cells: (size, targets) =>
    loaded(targets).flatMap((target) => COUNTS[size].map((count) => loadedCell(target, count, size))),
  blocks: (size) => (size === 'full' ? 2 : 1),
  columns: [
    'delivery.p50',
    'delivery.p99',
    'ttft.p50',
    'serverCpuSteady.median',
    'serverCpu.median',
    'serverRss.median',
    'serverLoopDelay.median',
    'generatorShare.median',
    'goodput.mean',
  ],
  compared: [],
  reference: null,
  axis: 'streams',
  answer(report) {
    const most = Math.max(...validRows(report).map(({ factors }) => Number(factors['streams'])));
    const rows = validRows(report).filter(({ factors }) => factors['streams'] === most);
    if (rows.length === 0) return NOTHING;
    const said = rows.map((row) => `${row.target} ${value(row, 'delivery.p99')}`);
    const within = rows.filter((row) => numberOf(row, 'delivery.p99') <= 100).length;
    return `With ${most} streams at 20 tokens/s, p99 of the delivery latency in ms: ${list(said)}; ${within} of ${rows.length} stay within 100 ms.`;
  },
  notes: [
    '20 tokens/s a stream. Pushing modes are read with bare readers, so that the generator is not the bottleneck; long polling with its client.',
    'Server and generator have a processor each.',
  ],
};

/** Who can be loaded with hundreds of streams: our pushing servers and the controls with bare readers, and long polling. */
export function loaded(targets: readonly Target[]): readonly Target[] {
  const controls = targets.filter(({ kind, name }) => kind === 'control' && !name.endsWith('SSE'));
  return [...OURS_LEAN, ...targets.filter(({ name }) => name === 'long-poll'), ...controls];
}

export function loadedCell(target: Target, streams: number, size: Size): Cell {
  const trace = steadyTrace(size, { name: `streams-${size}`, tokens: size === 'full' ? 60 : 40, tokensPerSecond: 20 });
  const load = { trace, streams, rampMs: 1_000, warmUp: 10 };
  return { target, point: `${streams} streams`, factors: { streams }, load };
}
