import { wireMetrics } from '../metrics/wire.js';
import { control } from '../targets/controls.js';
import { ours } from '../targets/ours.js';
import type { Target } from '../targets/target.js';
import { ledgerOfCell, withValues } from '../wire/measure-wire.js';
import { named, plain, steadyLoad } from './loads.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, numberOf, validRows, value } from './sentences.js';

/** Our chunked server, asked for `text/plain`. */
export const TEXT: Target = {
  ...ours('chunked'),
  name: 'chunked text',
  driver: 'text',
  options: {},
  note: 'Bare text has no events: its tokens are told apart by the trace’s lengths; nothing can be resumed.',
};

/** Controls with another envelope than ours. */
export const PAYLOAD_CONTROLS: readonly Target[] = [
  control('node:http text', 'text', 'text-server', [], 'Bare text, one write a batch of tokens.'),
  control('node:http OpenAI', 'openai', 'openai-server', [], 'chat.completion.chunk over SSE, as OpenAI streams it.', {
    dialect: 'openai',
  }),
];

const COLUMNS = ['wire.payload', 'wire.envelope', 'wire.framing', 'wire.http', 'wire.down'] as const;

/** The same tokens in different envelopes. */
export const payload: Scenario = {
  name: 'payload',
  title: 'Payload shapes',
  question: 'What does the JSON around a token cost, in bytes, processor time and delay?',
  cells: (size, targets) =>
    [...named(targets, 'chunked', 'sse', 'node:http', 'node:http SSE'), TEXT, ...PAYLOAD_CONTROLS].map((target) =>
      plain(target, steadyLoad(size)),
    ),
  columns: [
    ...COLUMNS,
    'delivery.p50',
    'delivery.p99',
    'serverCpu.median',
    'serverCpuSteady.median',
    'generatorCpu.median',
  ],
  metrics: wireMetrics(...COLUMNS),
  compared: ['wire.down', 'delivery.p50', 'serverCpuSteady.median', 'generatorCpu.median'],
  reference: 'node:http text',
  async run(cell, context) {
    return withValues(await context.load(cell), await ledgerOfCell(cell, context));
  },
  answer(report) {
    const rows = validRows(report);
    if (rows.length === 0) return NOTHING;
    const shown = rows.toSorted((a, b) => numberOf(a, 'wire.down') - numberOf(b, 'wire.down'));
    const parts = shown.map(
      (row) =>
        `${row.target} ${value(row, 'wire.down')} B / ${value(row, 'serverCpu.median')} µs / ${value(row, 'generatorCpu.median')} µs`,
    );
    return `Bytes per token / CPU of the server / of the reader: ${list(parts)}.`;
  },
  notes: [
    'The controls on node:http differ in nothing but the envelope: text, our event as a line, our event as SSE, OpenAI’s chunk as SSE.',
    'Bytes are of one answer through a recording pass-through, apart from all timing.',
  ],
};
