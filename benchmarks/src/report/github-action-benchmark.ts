import type { LabReport, Row, ScenarioReport } from './model.js';
import type { Metric } from '../metrics/metric.js';

/** One entry of a file for github-action-benchmark, tools `customSmallerIsBetter` and `customBiggerIsBetter`. */
export interface ActionEntry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** `± 0.04`: the larger half of the 95 % interval. */
  readonly range?: string;
  /** Shown with the point of the chart. */
  readonly extra: string;
}

/** What goes into a file. The action takes one direction a file. */
export type ActionSelection = 'smaller' | 'bigger' | 'counts';

/**
 * The figures of all valid rows in the format of github-action-benchmark.
 *
 * `smaller` holds all metrics of which less is better, `bigger` those of which more is. `counts` is the part of
 * `smaller` that is the same in every run (bytes, requests): only this one should fail a build, times should warn.
 */
export function actionEntries(report: LabReport, selection: ActionSelection): readonly ActionEntry[] {
  return report.scenarios.flatMap((scenario) =>
    scenario.rows
      .filter(({ verdict }) => verdict === 'VALID')
      .flatMap((row) => scenario.columns.flatMap((id) => entry(report.metrics[id], scenario, row, selection))),
  );
}

function entry(
  metric: Metric | undefined,
  scenario: ScenarioReport,
  row: Row,
  selection: ActionSelection,
): readonly ActionEntry[] {
  const estimate = metric && row.values[metric.id];
  if (!metric || !estimate || estimate.value === null || !selected(metric, selection)) return [];
  const { value, low, high, samples, streams, blocks } = estimate;
  const name = [scenario.name, row.point, row.target, metric.label].filter((part) => part !== '').join(' / ');
  const range = low === null || high === null ? {} : { range: `± ${round(Math.max(high - value, value - low))}` };
  const extra = `${samples} values, ${streams} streams, ${blocks} blocks\n${metric.definition}`;
  return [{ name, unit: metric.unit, value, ...range, extra }];
}

function selected({ better, deterministic }: Metric, selection: ActionSelection): boolean {
  if (selection === 'bigger') return better === 'higher';
  return better === 'lower' && (selection === 'smaller' || deterministic === true);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
