import { steadyTrace } from './loads.js';
import type { Scenario } from './scenario.js';
import { NOTHING, ranked, validRows, value } from './sentences.js';

const BURSTS = { quick: [1, 32], full: [1, 64] } as const;

/** Polls gather bursts anyway, and one more of each framing says enough of the controls. */
const PUSHED: ReadonlySet<string> = new Set(['chunked', 'sse', 'websocket', 'node:http', 'node:http SSE', 'ws']);

/** Tokens that are due in the same instant: what framing and batching are for. */
export const burst: Scenario = {
  name: 'burst',
  title: 'Bursts',
  question: 'What happens when the model says many tokens at once?',
  cells: (size, targets) =>
    targets
      .filter(({ name }) => PUSHED.has(name))
      .flatMap((target) =>
        BURSTS[size].map((tokens) => ({
          target,
          point: tokens === 1 ? 'one at a time' : `${tokens} at once`,
          factors: { burst: tokens },
          load: {
            trace: steadyTrace(size, { name: `burst-${tokens}`, tokens: 256, tokensPerSecond: 200, burst: tokens }),
            streams: 20,
            rampMs: 300,
            warmUp: 5,
          },
        })),
      ),
  blocks: (size) => (size === 'full' ? 6 : 3),
  columns: [
    'delivery.p50',
    'delivery.p99',
    'tokensPerChunk.mean',
    'gap.p50',
    'serverCpu.median',
    'generatorCpu.median',
  ],
  compared: ['delivery.p50', 'serverCpu.median'],
  reference: 'node:http',
  axis: 'burst',
  answer(report) {
    const largest = Math.max(...report.rows.map(({ factors }) => Number(factors['burst'])));
    const at = (tokens: number, target: string) =>
      validRows(report).find((row) => row.target === target && row.factors['burst'] === tokens);
    const ours = ranked(
      validRows(report).filter(({ kind, factors }) => kind === 'ours' && factors['burst'] === largest),
      'serverCpu.median',
    );
    if (ours.length === 0) return NOTHING;
    const costs = ours.map(
      (row) => `${row.target} ${value(at(1, row.target), 'serverCpu.median')} → ${value(row, 'serverCpu.median')}`,
    );
    return `Server CPU a token in µs, one at a time → ${largest} at once: ${costs.join(', ')}.`;
  },
  notes: ['The mean rate is the same at every point: 200 tokens/s; larger bursts are further apart.'],
};
