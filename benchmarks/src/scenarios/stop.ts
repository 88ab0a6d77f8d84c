import type { RawStream } from '../raw/raw.js';
import { steadyTrace, streaming } from './loads.js';
import { extraMetric } from './own-metric.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, ranked, validRows, value } from './sentences.js';

/** Stops at random moments: how long a stop takes, and what the model says in vain. */
export const stop: Scenario = {
  name: 'stop',
  title: 'Stop',
  question: 'How fast does a stop reach the model, and what is wasted?',
  cells: (size, targets) =>
    streaming(targets).map((target) => ({
      target,
      point: '',
      factors: {},
      expected: 'prefix',
      options: { stopAfterMs: [300, 1_200] },
      load: { trace: steadyTrace(size, { name: `stop-${size}`, tokens: 100 }), streams: 50, rampMs: 500, warmUp: 5 },
    })),
  columns: ['stopReceipt.p50', 'stopReceipt.p95', 'wastedTokens.mean', 'unseenTokens.mean', 'wastedMs.p50'],
  compared: ['stopReceipt.p50'],
  reference: 'chunked',
  metrics: [
    extraMetric('stopReceipt', {
      p: 50,
      label: 'receipt',
      definition: 'from the call of `stop()` to the server’s receipt',
    }),
    extraMetric('stopReceipt', { p: 95, label: 'receipt p95', definition: 'the same, 95th percentile' }),
    extraMetric('wastedTokens', {
      label: 'wasted',
      unit: 'count',
      definition: 'tokens logged after `stop()` was called',
    }),
    extraMetric('unseenTokens', {
      label: 'unseen',
      unit: 'count',
      definition: 'tokens logged that the reader never got',
    }),
    extraMetric('wastedMs', {
      p: 50,
      label: 'went on',
      definition: 'from `stop()` to the last token logged, 0 for none',
    }),
  ],
  series: (_, streams) => {
    const stopped = streams.filter(({ extra }) => extra?.['stopCalledMs'] !== undefined);
    return {
      stopReceipt: stopped.flatMap(({ extra }) => extra?.['stopReceiptMs'] ?? []),
      wastedTokens: stopped.map(({ extra }) => extra?.['saidAfterStop'] ?? 0),
      unseenTokens: stopped
        .map(({ extra }) => extra?.['saidInAll'] ?? 0)
        .map((said, index) => said - count(stopped[index])),
      wastedMs: stopped.flatMap(({ extra }) => extra?.['wastedMs'] ?? []),
    };
  },
  answer(report) {
    const rows = ranked(validRows(report), 'stopReceipt.p50');
    if (rows.length === 0) return NOTHING;
    const said = rows.map(
      (row) => `${row.target} ${value(row, 'stopReceipt.p50')} ms, ${value(row, 'wastedTokens.mean')} tokens`,
    );
    return `From stop() to the receipt, and what the model said after stop(): ${list(said)}.`;
  },
  notes: [
    'Stops come 0.3 to 1.2 s after the request, spread evenly. Wasted: tokens that the server logged after stop() was called; unseen: that the reader never got.',
    '`node benchmarks/dist/stops.js` watches the same from the side of a model server.',
  ],
};

function count(stream: RawStream | undefined): number {
  return stream?.transportUs.length ?? 0;
}
