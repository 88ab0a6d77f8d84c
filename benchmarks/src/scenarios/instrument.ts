/** What the laboratory finds out about itself, in the same run as everything else. */
import { nullServer } from '../targets/controls.js';
import { ours } from '../targets/ours.js';
import type { Target } from '../targets/target.js';
import { plain, steadyLoad, steadyTrace } from './loads.js';
import { trialMetric } from './own-metric.js';
import type { Cell, Measured, RunContext, Scenario } from './scenario.js';
import { list, NOTHING, numberOf, rowOf, validRows, value } from './sentences.js';

/** Two targets that are the same: whatever is found between them is an error of the instrument. */
export const aa: Scenario = {
  name: 'aa',
  recordable: true,
  title: 'A/A: the same twice',
  question: 'Does the instrument find a difference where there is none?',
  cells: (size) =>
    [ours('sse'), { ...ours('sse'), name: 'sse again' }].map((target) => plain(target, steadyLoad(size))),
  columns: ['delivery.p50', 'delivery.p99', 'ttft.p50', 'ttlt.p50', 'serverCpu.median'],
  reference: 'sse',
  answer({ comparisons }) {
    const found = comparisons.filter(({ word }) => word !== 'equivalent' && word !== 'inconclusive');
    if (comparisons.length === 0) return NOTHING;
    const equivalent = comparisons.filter(({ word }) => word === 'equivalent').length;
    return found.length === 0
      ? `No winner in ${comparisons.length} comparisons, ${equivalent} of them equivalent.`
      : `A difference was found where there is none (${list(found.map(({ metric }) => metric))}): trust nothing of this run.`;
  },
  notes: [],
};

const DELAY_MS = 40;

/** A delay that is known: what the instrument sees of it is its error. */
export const knownDelay: Scenario = {
  name: 'known-delay',
  recordable: true,
  title: 'A known delay',
  question: `Does an injected delay of ${DELAY_MS} ms show as ${DELAY_MS} ms?`,
  cells: (size) =>
    (['proxy', `proxy+${DELAY_MS}ms`] as const).map((network) => ({
      ...plain(ours('sse'), steadyLoad(size)),
      point: network === 'proxy' ? 'no delay' : `${DELAY_MS} ms`,
      factors: { injectedMs: network === 'proxy' ? 0 : DELAY_MS },
      network,
    })),
  blocks: () => 3,
  columns: ['delivery.p50', 'delivery.p99', 'itl.p50', 'ttlt.p50'],
  compared: [],
  reference: null,
  answer(report) {
    const [without, withDelay] = ['no delay', `${DELAY_MS} ms`].map((point) => rowOf(report, 'sse', point));
    const seen = numberOf(withDelay, 'delivery.p50') - numberOf(without, 'delivery.p50');
    return Number.isFinite(seen)
      ? `${DELAY_MS} ms were injected, ${seen.toFixed(2)} ms were seen: an error of ${(seen - DELAY_MS).toFixed(2)} ms.`
      : NOTHING;
  },
  notes: [
    'Both pass the same fault proxy, so that only the delay differs. Its timers are late by up to a millisecond.',
  ],
};

const READERS = {
  'tokenwire:chunked': ['chunked', 'tokenwire'],
  'tokenwire:sse': ['sse', 'tokenwire'],
  'tokenwire:websocket': ['websocket', 'tokenwire'],
  ndjson: ['chunked', 'ndjson'],
  sse: ['sse', 'sse'],
  websocket: ['websocket', 'websocket'],
} as const;

/** Readers against a server that does nothing but send: more than that the generator cannot take. */
export const ceiling: Scenario = {
  name: 'ceiling',
  title: 'Ceiling of the generator',
  question: 'How many tokens per second can each reader take?',
  cells: () =>
    Object.entries(READERS).map(([name, [mode, driver]]) => {
      const target: Target = {
        name,
        kind: 'control',
        needs: [],
        server: (setup) => nullServer(mode, setup),
        moments: 'feed',
        driver,
        options: { mode, opening: 'generate' },
        note: '',
      };
      const trace = steadyTrace('full', { name: 'ceiling', tokens: 2_000, tokensPerSecond: 1_000, ttftMs: 0 });
      return plain(target, { trace, streams: 20, rampMs: 0, warmUp: 5 });
    }),
  blocks: () => 2,
  columns: ['ceilingTokensPerSecond.median'],
  compared: [],
  reference: null,
  metrics: [
    trialMetric('ceilingTokensPerSecond', {
      label: 'tokens/s',
      unit: 'tokens/s',
      better: 'higher',
      definition: 'tokens ÷ processor time of the reader: what it could take if it did nothing else',
    }),
  ],
  run: measureCeiling,
  answer(report) {
    const rows = validRows(report);
    if (rows.length === 0) return NOTHING;
    return `Tokens per second that a generator can take: ${list(rows.map((row) => `${row.target} ${value(row, 'ceilingTokensPerSecond.median')}`))}. Loads above half of it are marked, above 80 % withheld.`;
  },
  notes: [
    'The null server writes an encoded answer, an event a write, as fast as sockets take it. It is no faster than the readers, so that what they can take follows from their own processor time, and not from the time that passed.',
  ],
};

async function measureCeiling(cell: Cell, context: RunContext): Promise<Measured> {
  const { trial } = await context.load(cell);
  if (trial.verdict === 'INVALID') return { streams: [], trial };
  const { cpuUserUs, cpuSystemUs } = trial.generator;
  const values = { ceilingTokensPerSecond: trial.tokens / ((cpuUserUs + cpuSystemUs) / 1e6) };
  return context.measured(cell, { values, tokens: trial.tokens });
}
