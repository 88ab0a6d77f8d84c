import { OURS_LEAN } from '../targets/ours.js';
import { plain, steadyLoad } from './loads.js';
import type { Scenario } from './scenario.js';
import { comparisonOf, list, NOTHING, ranked, ratio, validRows, value } from './sentences.js';

/** Fifty answers at 50 tokens/s, all targets: the main table. */
export const steady: Scenario = {
  name: 'steady',
  recordable: true,
  title: 'Steady stream',
  question: 'What does each transport add to each token, and what does a token cost?',
  cells: (size, targets) => [...targets, ...OURS_LEAN].map((target) => plain(target, steadyLoad(size))),
  columns: [
    'delivery.p50',
    'delivery.p99',
    'slip.p50',
    'transport.p50',
    'ttft.p50',
    'itl.p50',
    'itl.p99',
    'gap.p50',
    'tokensPerChunk.mean',
    'tpot.p50',
    'ttlt.p50',
    'done.p50',
    'jitter.mean',
    'stall.mean',
    'goodput.mean',
    'requests.mean',
    'serverCpuSteady.median',
    'serverCpu.median',
    'generatorCpu.median',
  ],
  compared: ['delivery.p50', 'ttft.p50', 'ttlt.p50', 'serverCpuSteady.median', 'serverCpu.median'],
  reference: 'net',
  answer(report) {
    const rows = validRows(report);
    const ours = ranked(
      rows.filter(({ kind, target }) => kind === 'ours' && target !== 'batch'),
      'delivery.p50',
    );
    if (ours.length === 0) return NOTHING;
    const times = ours.map((row) => `${row.target} ${value(row, 'delivery.p50')}`);
    const costs = ours.flatMap(({ target }) => {
      const cost = comparisonOf(report, 'serverCpuSteady.median', target);
      return cost?.ratio.value ? [`${target} ${ratio(cost.ratio)}`] : [];
    });
    const cost = costs.length > 0 ? ` Server CPU a token, × a bare socket: ${list(costs)}.` : '';
    return `Median delivery latency in ms: ${list(times)}.${cost}`;
  },
  notes: [
    'Every server writes what it has as soon as it has it (flush policy: per tick), with noDelay and without compression.',
    'All targets play one trace on one timetable; each stream is checked for count, order and SHA-256.',
  ],
};
