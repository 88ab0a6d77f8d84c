import { fire } from '../autocannon/salvo.js';
import { generationRequest } from '../drivers/lean-http.js';
import { timesOf } from '../raw/times.js';
import type { RawStream } from '../raw/raw.js';
import { makeTrace } from '../trace/trace.js';
import { percentile } from '../statistics/percentile.js';
import { named, steadyTrace } from './loads.js';
import { trialMetric } from './own-metric.js';
import type { Cell, Measured, RunContext, Scenario } from './scenario.js';
import { NOTHING, rowOf, value, numberOf } from './sentences.js';

/** All at once, on connections of their own: what autocannon does too. */
const STREAMS = 20;
const WARM_UP = 10;
/** Beyond the trace, in seconds. */
const PATIENCE_SECONDS = 30;
/** Within this both instruments agree. */
const AGREEMENT = 0.05;

/** Another instrument on the same finite stream. */
export const secondOpinion: Scenario = {
  name: 'second-opinion',
  recordable: true,
  title: 'Second opinion',
  question: 'Does autocannon see the same time to last token as our reader?',
  cells: (size, targets) =>
    named(targets, 'chunked').map((target) => ({
      target,
      point: '',
      factors: { tool: 'autocannon' },
      load: { trace: steadyTrace(size, { name: `opinion-${size}` }), streams: STREAMS, rampMs: 0, warmUp: WARM_UP },
    })),
  blocks: (size) => (size === 'full' ? 3 : 2),
  columns: ['oursMs.median', 'theirsMs.median', 'agreementRatio.median'],
  metrics: [
    trialMetric('oursMs', { label: 'ours', unit: 'ms', definition: 'median of tₙ − s, by our reader' }),
    trialMetric('theirsMs', {
      label: 'autocannon',
      unit: 'ms',
      definition: 'median time from a request to the end of its response, by autocannon',
    }),
    trialMetric('agreementRatio', { label: 'ratio', unit: 'ratio', better: 'neither', definition: 'ours ÷ theirs' }),
  ],
  compared: [],
  reference: null,
  run: measure,
  answer(report) {
    const row = rowOf(report, 'chunked');
    if (row?.verdict !== 'VALID') return NOTHING;
    const apart = Math.abs(numberOf(row, 'agreementRatio.median') - 1);
    const word = apart <= AGREEMENT ? 'They agree' : 'They do not agree';
    return `${word}: time to last token ${value(row, 'oursMs.median')} ms by our reader, ${value(row, 'theirsMs.median')} ms by autocannon, ${(apart * 100).toFixed(1)} % apart.`;
  },
  notes: [
    'The same trace on two fresh servers, 20 cold streams at once. autocannon counts to the end of the response, which follows the last token in the same write.',
    'Its time-out is set beyond the stream, its times are taken from its events, which have fractions, and its rate limit, which falsifies latencies, is not used (docs/measuring-autocannon.md).',
  ],
};

async function measure(cell: Cell, context: RunContext): Promise<Measured> {
  const measured = await context.load(cell);
  if (measured.trial.verdict === 'INVALID') return measured;
  const trace = makeTrace(cell.load.trace);
  const oursMs = percentile(
    measured.streams.map((stream) => lastTokenMs(stream, trace.offsetsUs)),
    50,
  );
  const theirsMs = percentile(await byAutocannon(cell, context), 50);
  const values = { ...measured.trial.values, oursMs, theirsMs, agreementRatio: oursMs / theirsMs };
  return { ...measured, trial: { ...measured.trial, values } };
}

const lastTokenMs = (stream: RawStream, offsetsUs: readonly number[]): number =>
  (timesOf(stream, offsetsUs).arrivalsUs.at(-1) ?? Number.NaN) / 1000;

/** @throws when not every stream was answered with 200. */
async function byAutocannon(cell: Cell, context: RunContext): Promise<readonly number[]> {
  const { trace, streams } = cell.load;
  const server = await context.startServer(cell);
  const signal = AbortSignal.any([context.signal, server.died]);
  const ask = (name: string, requests: number) =>
    fire({
      url: `${server.url}/generations`,
      method: 'POST',
      headers: { accept: 'application/x-ndjson', 'content-type': 'application/json' },
      body: JSON.stringify(generationRequest(name)),
      connections: requests,
      until: { requests },
      timeoutSeconds: Math.ceil(trace.tokens / trace.tokensPerSecond) + PATIENCE_SECONDS,
      signal,
    });
  await ask('warm-up', WARM_UP);
  const { latenciesMs, statuses, errors } = await ask(trace.name, streams);
  await server.stop();
  if (statuses[200] !== streams || errors > 0) {
    throw new Error(`autocannon got ${JSON.stringify(statuses)} and ${errors} errors for ${streams} streams`);
  }
  return latenciesMs;
}
