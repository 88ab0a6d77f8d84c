import { metricOf } from '../metrics/registry.js';
import type { Metric } from '../metrics/metric.js';
import { seriesOf } from '../metrics/series.js';
import { viewOf } from '../metrics/view.js';
import { InvalidMeasurement } from '../compare/failures.js';
import type { Manifest } from '../raw/manifest.js';
import type { RawLine, RawStream, RawTrial, Verdict } from '../raw/raw.js';
import type { Scenario } from '../scenarios/scenario.js';
import { worst } from '../verdict/row.js';
import { streamProblem } from '../verdict/streams.js';

/** Series that are kept of every trial, whatever its scenario shows: charts and the instrument need them. */
const ALWAYS = ['delivery'];

/** What is kept of a trial: no streams, only the series that are used. */
export interface TrialData {
  readonly raw: RawTrial;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly series: ReadonlyMap<string, Float64Array>;
  /** Its first stream, for the replay. */
  readonly first: RawStream | undefined;
}

/** One target at one point. */
export interface CellData {
  readonly target: string;
  readonly point: string;
  readonly trials: TrialData[];
}

/** All that was measured for one scenario. */
export interface ScenarioData {
  readonly scenario: Scenario;
  /** Metrics of its tables and comparisons. */
  readonly metrics: readonly Metric[];
  readonly cells: CellData[];
}

/** What a file of raw lines holds. */
export interface Collected {
  readonly manifest: Manifest;
  /** In the order in which they were measured. */
  readonly scenarios: readonly ScenarioData[];
}

/**
 * Goes through raw lines once. The streams of a trial are let go as soon as its series are worked out.
 *
 * @throws {InvalidMeasurement} without a manifest, or for a scenario that this version does not have.
 */
export function collect(lines: Iterable<RawLine>, scenarios: readonly Scenario[]): Collected {
  let manifest: Manifest | undefined;
  const found = new Map<string, ScenarioData>();
  let streams: RawStream[] = [];
  for (const line of lines) {
    if (line.kind === 'manifest') manifest = line.manifest;
    else if (line.kind === 'stream') streams.push(line);
    else {
      if (!manifest) break;
      const data = found.get(line.scenario) ?? begin(line.scenario, scenarios);
      found.set(line.scenario, data);
      const own = streams.filter(({ trial }) => trial === line.trial);
      cellFor(data, line).trials.push(trialData(line, own, data, manifest));
      streams = [];
    }
  }
  if (!manifest) throw new InvalidMeasurement('raw data without a manifest');
  return { manifest, scenarios: [...found.values()] };
}

/** Metrics of a scenario, by id: its own before those of the registry. */
export function metricsFor({ columns, compared = [], metrics = [] }: Scenario): readonly Metric[] {
  const own = new Map(metrics.map((metric) => [metric.id, metric]));
  return [...new Set([...columns, ...compared])].map((id) => own.get(id) ?? metricOf(id));
}

function begin(name: string, scenarios: readonly Scenario[]): ScenarioData {
  const scenario = scenarios.find((one) => one.name === name);
  if (!scenario)
    throw new InvalidMeasurement(`the raw data has a scenario "${name}", which this version does not know`);
  return { scenario, metrics: metricsFor(scenario), cells: [] };
}

function cellFor({ cells }: ScenarioData, { target, point }: RawTrial): CellData {
  const known = cells.find((cell) => cell.target === target && cell.point === point);
  if (known) return known;
  const cell: CellData = { target, point, trials: [] };
  cells.push(cell);
  return cell;
}

function trialData(
  raw: RawTrial,
  streams: readonly RawStream[],
  { scenario, metrics }: ScenarioData,
  { traces }: Manifest,
): TrialData {
  const names = [...ALWAYS, ...metrics.map(({ series }) => series)];
  const problems = streams.map((stream) => streamProblem(stream, traces[stream.trace])).filter(Boolean);
  const verdict = worst([raw.verdict, problems.length > 0 ? 'INVALID' : 'VALID']);
  return {
    raw,
    verdict,
    // What the harness has said is not said twice.
    reasons: raw.verdict === 'INVALID' ? raw.reasons : [...problems.slice(0, 3), ...raw.reasons],
    series: seriesOf(viewOf(raw, streams, traces), names, scenario.series),
    first: streams.find(({ index }) => index === 0),
  };
}
