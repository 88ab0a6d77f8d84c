/**
 * The JSON Schema of `report.json` (draft 2020-12), published as `benchmarks/report.schema.json`. It follows `model.ts`
 * line by line and allows nothing else, so that a reader may rely on it; the methodology's number changes with it.
 */
import { METHODOLOGY } from '../raw/raw.js';

/** A JSON Schema: plain data. */
export type Schema = Readonly<Record<string, unknown>>;

const string: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const nullableNumber: Schema = { type: ['number', 'null'] };
const count: Schema = { type: 'integer', minimum: 0 };
const boolean: Schema = { type: 'boolean' };
const sha256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const list = (items: Schema): Schema => ({ type: 'array', items });
const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
const described = (schema: Schema, description: string): Schema => ({ ...schema, description });

/** An object with exactly these properties; those named in `optional` may be missing. */
function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

const metric = object(
  {
    id: described(string, 'The part before the dot names the series of values.'),
    series: string,
    statistic: {
      oneOf: [
        object({ kind: { const: 'percentile' }, p: { type: 'number', exclusiveMinimum: 0, maximum: 100 } }),
        object({ kind: { const: 'mean' } }),
        object({ kind: { const: 'median-of-blocks' } }),
      ],
    },
    label: string,
    unit: oneOf('ms', 'µs', 'bytes', 'KiB', 'count', 'ratio', 'tokens/s'),
    per: oneOf('token', 'stream', 'trial'),
    better: oneOf('lower', 'higher', 'neither'),
    definition: described(string, 'The formula, in the letters of docs/measuring.md.'),
    margin: ref('margin'),
    deterministic: described(boolean, 'The same in every run, so that a threshold may fail a build.'),
  },
  ['deterministic'],
);

const margin = described(object({ relative: number, absolute: number }), 'The larger of the two holds.');

const estimate = object(
  {
    value: described(nullableNumber, 'Null when the sample cannot carry it.'),
    low: described(nullableNumber, '95 % interval of the bootstrap over blocks; null with fewer than two.'),
    high: nullableNumber,
    samples: count,
    streams: count,
    blocks: count,
    sampleOnly: described(boolean, 'Describes this sample only: too few streams for the percentile (Wilks).'),
    blockValues: described(list(nullableNumber), 'The same of each block alone; null where a block does not carry it.'),
  },
  ['blockValues'],
);

const verdict = oneOf('VALID', 'CONTAMINATED', 'GENERATOR-LIMITED', 'INVALID');
const kind = oneOf('ours', 'control', 'peer');
const factors = map({ type: ['string', 'number'] });

const row = object(
  {
    target: string,
    kind: ref('kind'),
    point: described(string, 'What was varied, as shown; empty when nothing was.'),
    factors,
    verdict: ref('verdict'),
    reasons: list(string),
    flags: described(list(string), 'What is remarkable though it is VALID.'),
    streams: count,
    tokens: count,
    blocks: count,
    values: described(map(ref('estimate')), 'Metric id to value.'),
    deliveryPercentilesMs: {
      ...list(number),
      description: 'D of all tokens at the percentiles 0, 1, ..., 100; empty without D.',
      anyOf: [{ maxItems: 0 }, { minItems: 101, maxItems: 101 }],
    },
  },
  ['flags'],
);

const comparison = object({
  metric: string,
  point: string,
  target: string,
  reference: string,
  word: oneOf('faster', 'slower', 'less', 'more', 'equivalent', 'inconclusive'),
  ratio: described(ref('estimate'), 'target / reference'),
  difference: described(ref('estimate'), "target - reference, in the metric's unit"),
  margin: ref('margin'),
  why: described(string, 'Why it is inconclusive; empty otherwise.'),
});

const scenario = object({
  name: string,
  title: string,
  question: string,
  answer: string,
  reference: described({ type: ['string', 'null'] }, 'Target that the others are divided by.'),
  columns: list(string),
  rows: list(ref('row')),
  comparisons: list(ref('comparison')),
  notes: list(string),
  axis: described({ type: ['string', 'null'] }, 'The factor on the x axis.'),
});

const instrument = object({
  aa: orNull(object({ comparisons: count, found: list(string) })),
  ceiling: described(map(number), 'Tokens per second that the generator can take, by driver.'),
  floor: described(map(number), 'Smallest difference that could have been told from noise, by metric.'),
  knownDelay: orNull(object({ injectedMs: number, seenMs: number, errorMs: number })),
  secondOpinion: orNull(object({ name: string, oursMs: number, theirsMs: number, ratio: number })),
});

const trace = object(
  {
    name: string,
    seed: described(nullableNumber, 'Null for a recorded one.'),
    recording: described(object({ name: string, sha256 }), 'The file that it was made of.'),
    tokens: count,
    tokensPerSecond: number,
    textSha256: sha256,
    offsetsUs: list(number),
  },
  ['recording'],
);

const manifest = object({
  createdAt: { type: 'string', format: 'date-time' },
  plan: string,
  seed: number,
  blocks: count,
  commit: { type: ['string', 'null'] },
  node: string,
  v8: string,
  platform: string,
  arch: string,
  osRelease: string,
  cpuModel: string,
  cpuCount: count,
  memoryBytes: count,
  pinned: orNull(object({ server: count, generator: count })),
  versions: map(string),
  missing: list(string),
  networks: map(string),
  traces: { ...map(ref('trace')), propertyNames: sha256 },
  argv: list(string),
});

const excluded = object({
  trial: count,
  scenario: string,
  target: string,
  point: string,
  block: count,
  verdict: ref('verdict'),
  reasons: list(string),
});

const lane = object({
  target: string,
  kind: ref('kind'),
  tokens: list(string),
  arrivalsMs: described(list(number), 'Milliseconds after the request.'),
  dueMs: described(list(number), 'When each was due, milliseconds after the request.'),
});

/** The schema of a whole report. */
export const REPORT_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:${METHODOLOGY.replace('/', ':')}:report`,
  title: 'Report of the benchmark laboratory of tokenwire',
  description: 'Times in milliseconds unless the unit of a metric says otherwise.',
  ...object({
    methodology: { const: METHODOLOGY },
    manifest: ref('manifest'),
    metrics: described(map(ref('metric')), 'By id.'),
    instrument: ref('instrument'),
    scenarios: list(ref('scenario')),
    excluded: described(list(ref('excluded')), 'Trials that count in no figure, and why.'),
    replay: described(list(ref('lane')), 'Recorded arrivals, to be played side by side.'),
  }),
  $defs: {
    metric,
    margin,
    estimate,
    verdict,
    kind,
    row,
    comparison,
    scenario,
    instrument,
    trace,
    manifest,
    excluded,
    lane,
  },
};
