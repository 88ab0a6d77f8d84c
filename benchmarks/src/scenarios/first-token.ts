import { steadyTrace } from './loads.js';
import type { Cell, Scenario, Size } from './scenario.js';
import { NOTHING, ranked, validRows, value } from './sentences.js';
import type { Target } from '../targets/target.js';

/** The first token is due 20 ms after the request: what is above that was added. */
const TTFT_MS = 20;

/** Time to the first token, with connecting and without, never mixed. */
export const firstToken: Scenario = {
  name: 'first-token',
  title: 'First token, cold and warm',
  question: 'How long until the first token, on a new connection and on one that is used again?',
  cells: (size, targets) =>
    targets
      .filter(({ kind, name }) => (kind === 'ours' && name !== 'batch') || name === 'node:http' || name === 'ws')
      .flatMap((target) => (['cold', 'warm'] as const).map((connections) => cellOf(target, connections, size))),
  columns: ['ttft.p50', 'ttft.p95', 'addedTtft.p50', 'headers.p50'],
  compared: ['ttft.p50', 'addedTtft.p50'],
  reference: 'node:http',
  answer(report) {
    const lines = ['cold', 'warm'].flatMap((point) => {
      const rows = ranked(
        validRows(report).filter((row) => row.point === point && row.kind === 'ours'),
        'ttft.p50',
      );
      const [first, last] = [rows[0], rows.at(-1)];
      if (!first || !last) return [];
      return `${point}: ${first.target} ${value(first, 'ttft.p50')} ms to ${last.target} ${value(last, 'ttft.p50')} ms`;
    });
    return lines.length > 0 ? `Median time to first token, ${lines.join('; ')}.` : NOTHING;
  },
  notes: [
    `The model's own time to first token is ${TTFT_MS} ms and part of TTFT; added TTFT is without it.`,
    'Cold: each answer opens its own connection. Warm: HTTP connections are kept alive and used again. A WebSocket of these clients carries one answer, so it is cold in both.',
  ],
};

function cellOf(target: Target, connections: 'cold' | 'warm', size: Size): Cell {
  const trace = steadyTrace(size, { name: 'first', tokens: 5, tokensPerSecond: 100, ttftMs: TTFT_MS });
  // No two requests at the same time, or the second would open a connection of its own.
  const load = { trace, streams: 24, rampMs: 1_800, warmUp: connections === 'warm' ? 1 : 5, connections };
  return { target, point: connections, factors: { connections }, load };
}
