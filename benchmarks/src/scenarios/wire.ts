import { wireMetrics } from '../metrics/wire.js';
import { wireOfCell } from '../wire/measure-wire.js';
import { steadyTrace } from './loads.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, numberOf, ranked, validRows, value } from './sentences.js';

const COLUMNS = [
  'wire.payload',
  'wire.envelope',
  'wire.framing',
  'wire.http',
  'wire.coded',
  'wire.down',
  'wire.up',
  'wire.frames',
  'wire.framesUp',
  'wire.requests',
  'wire.connections',
  'wire.writes',
  'wire.syscalls',
] as const;

/** The ledger: what every byte of an answer is there for. */
export const wire: Scenario = {
  name: 'wire',
  recordable: true,
  title: 'Wire ledger',
  question: 'What goes over the wire for each token, and what for?',
  cells: (size, targets) =>
    targets.map((target) => ({
      target,
      point: '',
      factors: {},
      // One size for both: bytes per token hold a share of what an answer has once.
      load: { trace: steadyTrace(size, { name: 'wire', tokens: 100 }), streams: 1, rampMs: 0, warmUp: 0 },
    })),
  // Two: a count that is not the same in both is no count to rely on.
  blocks: (size) => (size === 'full' ? 2 : 1),
  columns: COLUMNS,
  metrics: wireMetrics(...COLUMNS),
  compared: [],
  reference: null,
  async run(cell, context) {
    const { values, problems } = await wireOfCell(cell, context);
    return context.measured(cell, { values, invalid: problems, answers: 1, tokens: cell.load.trace.tokens });
  },
  answer(report) {
    const rows = ranked(
      validRows(report).filter(({ kind }) => kind === 'ours'),
      'wire.down',
    );
    if (rows.length === 0) return NOTHING;
    const sizes = rows.map((row) => {
      const share = Math.round((numberOf(row, 'wire.payload') / numberOf(row, 'wire.down')) * 100);
      return `${row.target} ${value(row, 'wire.down')} (${share} % text, ${value(row, 'wire.up')} up)`;
    });
    const writing = rows.filter(({ target }) => target !== 'batch' && !target.endsWith('-poll'));
    const writes = writing.map((row) => `${row.target} ${value(row, 'wire.writes')}`);
    return `Bytes per token: ${list(sizes)}. Writes per token: ${list(writes)}.`;
  },
  notes: [
    'One answer (of 100 tokens, unless one was recorded) through a recording TCP pass-through: TCP payload, without TCP and IP headers. The parts are exactly the bytes that were seen.',
    'Our modes and the controls are checked against arithmetic to the byte (`wire/predict.ts`); where timing decides how events come together, with the grouping that was seen.',
    'Messages of other libraries are not read: their envelope is all that they say, without the text.',
    'System calls: strace on the server during another answer; where it may not attach, only writes, from /proc. Both include what the process does for itself.',
    'What an answer has once (headers, first and last events) is shared by its tokens; a longer answer has less of it per token.',
  ],
};
