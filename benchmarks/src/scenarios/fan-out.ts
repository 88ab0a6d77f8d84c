import { steadyTrace } from './loads.js';
import { streaming } from './loads.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, validRows, value } from './sentences.js';

const READERS = { quick: [1, 50], full: [1, 100] } as const;

/** One answer, many readers: a second tab, a shared screen, a classroom. */
export const fanOut: Scenario = {
  name: 'fan-out',
  recordable: true,
  title: 'Fan-out',
  question: 'What does one more reader of the same answer cost?',
  cells: (size, targets) =>
    streaming(targets).flatMap((target) =>
      READERS[size].map((readers) => ({
        target,
        point: readers === 1 ? '1 reader' : `${readers} readers`,
        factors: { readers },
        options: { fanOut: true },
        load: { trace: steadyTrace(size), streams: readers, rampMs: 80, warmUp: 5 },
      })),
    ),
  blocks: (size) => (size === 'full' ? 3 : 2),
  columns: [
    'delivery.p50',
    'delivery.p99',
    'transport.p50',
    'serverCpu.median',
    'serverCpuSteady.median',
    'requests.mean',
  ],
  compared: [],
  reference: null,
  axis: 'readers',
  answer(report) {
    const most = Math.max(...validRows(report).map(({ factors }) => Number(factors['readers'])));
    const cost = (target: string, readers: number) =>
      value(
        validRows(report).find((row) => row.target === target && row.factors['readers'] === readers),
        'serverCpu.median',
      );
    const targets = [...new Set(validRows(report).map(({ target }) => target))];
    if (targets.length === 0) return NOTHING;
    const said = targets.map((target) => `${target} ${cost(target, 1)} → ${cost(target, most)}`);
    return `Server CPU a delivered token in µs, one reader → ${most}: ${list(said)}.`;
  },
  notes: [
    'One generation; its first reader has started it, all others attach to it from its beginning. The log encodes each event once.',
  ],
};
