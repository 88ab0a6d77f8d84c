import { percentile } from '../statistics/percentile.js';
import { CROWD_MODES, type CrowdMode } from '../stalled/crowd.js';
import { PHASES, runTrial, type Phase } from '../stalled/trial.js';
import { named, steadyLoad } from './loads.js';
import { trialMetric } from './own-metric.js';
import type { Cell, Measured, RunContext, Scenario } from './scenario.js';
import { list, NOTHING, rowOf, value } from './sentences.js';

const CROWD = { quick: 50, full: 300 } as const;
const HONEST = 30;
const MIB = 1024 * 1024;
const SHOWN = { nobody: 'nobody else', reading: 'readers', stalled: 'stalled readers' } as const satisfies Record<
  Phase,
  string
>;

/** Readers that never read, beside readers that do. */
export const slow: Scenario = {
  name: 'slow',
  title: 'Slow readers',
  question: 'What do readers that never read cost the server, and those who do read?',
  cells: (size, targets) =>
    named(targets, ...CROWD_MODES).flatMap((target) =>
      PHASES.map((phase) => ({
        target,
        point: SHOWN[phase],
        factors: { crowd: phase === 'nobody' ? 0 : CROWD[size], phase },
        load: { ...steadyLoad(size), streams: CROWD[size] },
      })),
    ),
  blocks: (size) => (size === 'full' ? 2 : 1),
  columns: ['crowdRssMiB.median', 'honestP50Ms.median', 'honestP99Ms.median'],
  compared: [],
  reference: null,
  metrics: [
    trialMetric('crowdRssMiB', { label: 'RSS MiB', definition: 'most resident memory of the server, in MiB' }),
    trialMetric('honestP50Ms', { label: 'D p50', unit: 'ms', definition: 'D of those who read, median' }),
    trialMetric('honestP99Ms', {
      label: 'D p99',
      unit: 'ms',
      definition: 'D of those who read, 99th percentile of the trial',
    }),
  ],
  run: measure,
  answer(report) {
    const said = CROWD_MODES.flatMap((mode) => {
      const [alone, stalled] = [rowOf(report, mode, SHOWN.nobody), rowOf(report, mode, SHOWN.stalled)];
      if (!alone || !stalled) return [];
      const memory = `${value(alone, 'crowdRssMiB.median')} → ${value(stalled, 'crowdRssMiB.median')} MiB`;
      return `${mode} ${memory}, p99 ${value(alone, 'honestP99Ms.median')} → ${value(stalled, 'honestP99Ms.median')} ms`;
    });
    return said.length > 0 ? `With and without readers that never read: ${list(said)}.` : NOTHING;
  },
  notes: [
    'The crowd reads one long answer, or connects and never reads; thirty others read answers of their own. `node benchmarks/dist/stalled.js` does the same with a thousand.',
  ],
};

async function measure(cell: Cell, context: RunContext): Promise<Measured> {
  const phase = cell.factors['phase'] as Phase;
  const mode = cell.target.name as CrowdMode;
  const { rssBytes, latenciesMs } = await runTrial({ mode, phase, crowd: cell.load.streams, honest: HONEST });
  const values = {
    crowdRssMiB: rssBytes / MIB,
    honestP50Ms: percentile(latenciesMs, 50),
    honestP99Ms: percentile(latenciesMs, 99),
  };
  return context.measured(cell, { values, tokens: latenciesMs.length });
}
