import { wireMetrics } from '../metrics/wire.js';
import type { Row } from '../report/model.js';
import { callsOfCell, withValues } from '../wire/measure-wire.js';
import { pushing, steadyLoad, steadyTrace } from './loads.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, rowOf, value } from './sentences.js';

/** As shown, and as `--flush` takes it. */
const POLICIES = [
  ['per token', 'token'],
  ['per tick', 'tick'],
  ['16 ms', '16'],
  ['50 ms', '50'],
] as const;

/** When events are written: fewer writes against later tokens. */
export const flush: Scenario = {
  name: 'flush',
  title: 'Flush policy',
  question: 'What does collecting tokens save the server, and what does it cost the reader?',
  cells: (size, targets) =>
    pushing(targets).flatMap((target) =>
      POLICIES.map(([point, policy]) => ({
        target,
        point,
        factors: { flush: policy },
        flags: ['--flush', policy],
        load: steadyLoad(size, {
          // Two tokens in one tick, so that a write a token and a write a tick are not the same.
          trace: steadyTrace(size, { name: `flush-${size}`, tokensPerSecond: 100, burst: 2 }),
        }),
      })),
    ),
  blocks: (size) => (size === 'full' ? 3 : 1),
  columns: [
    'delivery.p50',
    'delivery.p99',
    'tokensPerChunk.mean',
    'gap.p50',
    'wire.writes',
    'wire.syscalls',
    'serverCpu.median',
    'serverCpuSteady.median',
    'generatorCpu.median',
  ],
  metrics: wireMetrics('wire.writes', 'wire.syscalls'),
  compared: [],
  reference: null,
  async run(cell, context) {
    return withValues(await context.load(cell), await callsOfCell(cell, context));
  },
  answer(report) {
    const targets = [...new Set(report.rows.map(({ target }) => target))];
    const parts = targets.flatMap((target) => {
      const rows = POLICIES.map(([point]) => rowOf(report, target, point));
      return rows.every((row) => row?.verdict === 'VALID') ? [`${target} ${rows.map(figures).join(', ')}`] : [];
    });
    if (parts.length === 0) return NOTHING;
    const policies = list(POLICIES.map(([point]) => point));
    return `${policies}: writes per token / CPU µs per token / median D in ms: ${parts.join('; ')}.`;
  },
  notes: [
    'Written per token: every event by itself. Per tick (default): what the log got in one tick together. N ms: collected for N ms after the first event that waits (`--flush`).',
    'Tokens come two at a time, 100 a second. D counts from when a token was due, so collecting is in it; a token is written to the log before it waits.',
    'System calls are counted on another server with the same policy, during one answer.',
  ],
};

const figures = (row: Row | undefined): string =>
  ['wire.writes', 'serverCpu.median', 'delivery.p50'].map((metric) => value(row, metric)).join(' / ');
