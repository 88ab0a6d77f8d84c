import type { Manifest } from '../raw/manifest.js';
import { METHODOLOGY, type RawLine } from '../raw/raw.js';
import type { Scenario } from '../scenarios/scenario.js';
import { recordingNotes } from './played.js';
import { collect, type ScenarioData } from './collect.js';
import { comparisonsOf } from './comparisons.js';
import { ceilingOf, instrumentOf } from './instrument.js';
import type { LabReport, ScenarioReport } from './model.js';
import { REPLAYED, replayOf } from './replay.js';
import { rowsOf, type BuiltRow } from './rows.js';

/**
 * Makes the report from raw lines and from nothing else: the same lines make the same report, byte by byte.
 *
 * @param lines of one run, in run order; gone through once.
 * @param scenarios that exist; those without a trial are left out.
 * @throws {InvalidMeasurement} without a manifest, or for an unknown scenario.
 */
export function buildReport(lines: Iterable<RawLine>, scenarios: readonly Scenario[]): LabReport {
  const collected = collect(lines, scenarios);
  const { manifest } = collected;
  const context = { seed: manifest.seed, ceiling: ceilingOf(collected) };
  const built = collected.scenarios.map((data) => ({ data, rows: rowsOf(data, context) }));
  const reports = built.map(({ data, rows }) => reportOf(data, rows, manifest));
  const report: LabReport = {
    methodology: METHODOLOGY,
    manifest,
    metrics: Object.fromEntries(built.flatMap(({ data }) => data.metrics.map((metric) => [metric.id, metric]))),
    instrument: instrumentOf(collected, reports, context.ceiling),
    scenarios: reports,
    excluded: built
      .flatMap(({ rows }) => rows.flatMap(({ excluded }) => excluded))
      .toSorted((a, b) => a.trial - b.trial),
    replay: replayOf(built.find(({ data }) => data.scenario.name === REPLAYED)?.rows ?? [], manifest),
  };
  // Last, because an answer may look at everything else.
  return { ...report, scenarios: built.map(({ data }, index) => answered(data, reports[index], report)) };
}

function reportOf({ scenario, metrics }: ScenarioData, rows: readonly BuiltRow[], manifest: Manifest): ScenarioReport {
  const { name, title, question, reference, columns, axis, notes, recordable } = scenario;
  const deviations = new Map(rows.filter(({ note }) => note !== '').map(({ row, note }) => [row.target, note]));
  return {
    name,
    title,
    question,
    answer: '',
    reference,
    columns,
    rows: rows.map(({ row }) => row),
    comparisons: comparisonsOf(scenario, rows, metrics, manifest.seed),
    notes: [
      ...(recordable ? recordingNotes(manifest) : []),
      ...notes,
      ...Array.from(deviations, ([target, note]) => `${target}: ${note}`),
    ],
    axis: axis ?? null,
  };
}

function answered({ scenario }: ScenarioData, report: ScenarioReport | undefined, all: LabReport): ScenarioReport {
  if (!report) throw new Error(`no report of ${scenario.name}`);
  return { ...report, answer: scenario.answer(report, all) };
}
