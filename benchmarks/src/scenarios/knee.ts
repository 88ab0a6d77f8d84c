import { percentile } from '../statistics/percentile.js';
import { timesOf } from '../raw/times.js';
import { makeTrace } from '../trace/trace.js';
import { trialMetric } from './own-metric.js';
import type { Cell, Measured, RunContext, Scenario } from './scenario.js';
import { list, NOTHING, ranked, validRows, value } from './sentences.js';
import { loaded, loadedCell } from './streams.js';
import type { Target } from '../targets/target.js';

/** What has to hold: all answers complete, and 99 % of their tokens within so many milliseconds. */
const OBJECTIVE_MS = 100;
/** First number of streams; it is doubled until the objective breaks, then the gap is halved. */
const FIRST = 100;
const LIMIT = 3_200;
const HALVINGS = 2;

/** Polls are paced by their readers, and a bare socket is no server: they would end at the generator's limit. */
function searched(targets: readonly Target[]): readonly Target[] {
  return loaded(targets).filter(({ name }) => name !== 'long-poll' && name !== 'net');
}

/** Searches the number of streams at which an objective breaks. */
export const knee: Scenario = {
  name: 'knee',
  title: 'The knee',
  question: `How many streams can a server keep within ${OBJECTIVE_MS} ms?`,
  cells: (size, targets) =>
    searched(targets).map((target) => ({ ...loadedCell(target, FIRST, size), point: '', factors: {} })),
  blocks: () => 1,
  columns: ['kneeStreams.median', 'kneeTokensPerSecond.median', 'brokenBy.median'],
  compared: [],
  reference: null,
  metrics: [
    trialMetric('kneeStreams', {
      label: 'streams',
      better: 'higher',
      definition: 'most streams that met the objective',
    }),
    trialMetric('kneeTokensPerSecond', {
      label: 'tokens/s',
      unit: 'tokens/s',
      better: 'higher',
      definition: 'their tokens per second together',
    }),
    trialMetric('brokenBy', { label: 'broken by', better: 'neither', definition: '1 server, 2 generator, 3 nothing' }),
  ],
  run: search,
  answer(report) {
    const rows = ranked(validRows(report), 'kneeStreams.median').toReversed();
    if (rows.length === 0) return NOTHING;
    const said = rows.map((row) => `${row.target} ${value(row, 'kneeStreams.median')}`);
    return `Streams at 20 tokens/s within the objective, on one processor: ${list(said)}.`;
  },
  notes: [
    `Objective: every answer complete and correct, 99 % of tokens delivered within ${OBJECTIVE_MS} ms of when they were due.`,
    `The number is doubled from ${FIRST} up to ${LIMIT} until it breaks, then the gap is halved ${HALVINGS} times: exact to about 15 %.`,
    'Broken by: 1 the server’s latency, 2 the generator’s limit (the server can do more), 3 not broken within the search.',
  ],
};

const BROKEN_BY = { server: 1, generator: 2, nothing: 3 } as const;

async function search(cell: Cell, context: RunContext): Promise<Measured> {
  const found = { good: 0, bad: 2 * LIMIT, brokenBy: BROKEN_BY.nothing as number };
  const attempt = async (streams: number): Promise<boolean> => {
    const verdict = await holds({ ...cell, load: { ...cell.load, streams } }, context);
    if (verdict === 'holds') found.good = streams;
    else Object.assign(found, { bad: streams, brokenBy: BROKEN_BY[verdict] });
    return verdict === 'holds';
  };
  for (let streams = FIRST; streams <= LIMIT; streams *= 2) if (!(await attempt(streams))) break;
  for (let step = 0; step < HALVINGS; step += 1) {
    if (found.bad > LIMIT || found.good === 0) break;
    await attempt(Math.round((found.good + found.bad) / 2));
  }
  const { good, brokenBy } = found;
  const values = { kneeStreams: good, kneeTokensPerSecond: good * cell.load.trace.tokensPerSecond, brokenBy };
  return context.measured(cell, { values });
}

async function holds(cell: Cell, context: RunContext): Promise<'holds' | 'server' | 'generator'> {
  const { streams, trial } = await context.load(cell);
  const { offsetsUs } = makeTrace(cell.load.trace);
  const late = streams.flatMap((stream) => {
    const { dueUs, arrivalsUs } = timesOf(stream, offsetsUs);
    return arrivalsUs.map((at, token) => at - (dueUs[token] ?? Number.NaN));
  });
  if (trial.verdict === 'GENERATOR-LIMITED') return 'generator';
  if (trial.verdict === 'INVALID') return 'server';
  return percentile(late, 99) <= OBJECTIVE_MS * 1000 ? 'holds' : 'server';
}
