import type { Metric } from '../metrics/metric.js';
import { comparisonText, estimateText, VERDICT_MARK } from './format.js';
import type { Comparison, LabReport, Row, ScenarioReport } from './model.js';
import { numberNotes, superscript } from './notes.js';

/** A table of a scenario, ready to be drawn by any of the writers. */
export interface ReportTable {
  readonly headings: readonly Heading[];
  readonly rows: readonly (readonly string[])[];
}

export interface Heading {
  readonly text: string;
  /** Empty where there is none. */
  readonly unit: string;
  readonly align: 'left' | 'right';
}

const left = (text: string): Heading => ({ text, unit: '', align: 'left' });

/** A metric of the report, also one that the report does not describe: a table is better than an error. */
export function metricOf(report: LabReport, id: string): Metric {
  return (
    report.metrics[id] ?? {
      id,
      series: id,
      label: id,
      unit: 'count',
      per: 'trial',
      better: 'neither',
      definition: '',
      statistic: { kind: 'mean' },
      margin: {
        relative: 0,
        absolute: 0,
      },
    }
  );
}

function metricHeading({ label, unit }: Metric): Heading {
  const own = unit === 'ratio' || unit === 'count' || label.includes(unit);
  return { text: label, unit: own ? '' : unit, align: 'right' };
}

/** A point is named once, in the first of its lines. */
function firstOnly(point: string, previous: string | undefined): string {
  return point === previous ? '' : point;
}

/** Whether anything was varied. */
export function hasPoints({ rows }: ScenarioReport): boolean {
  return rows.some(({ point }) => point !== '');
}

/** What was measured: a line a target and point, a column a metric. A row that is invalid has no figures. */
export function valueTable(report: LabReport, scenario: ScenarioReport): ReportTable {
  const metrics = scenario.columns.map((id) => metricOf(report, id));
  const { of } = numberNotes(scenario);
  const points = hasPoints(scenario);
  const cellOf = (row: Row, metric: Metric) =>
    row.verdict === 'INVALID' ? '–' : estimateText(row.values[metric.id], metric);
  return {
    headings: [...(points ? [left('at')] : []), left('target'), ...metrics.map(metricHeading)],
    rows: scenario.rows.map((row, index) => [
      ...(points ? [firstOnly(row.point, scenario.rows[index - 1]?.point)] : []),
      `${VERDICT_MARK[row.verdict]} ${row.target} ${superscript(of(row))}`.trimEnd(),
      ...metrics.map((metric) => cellOf(row, metric)),
    ]),
  };
}

/**
 * The comparisons with the reference: a line a target and point, a column a metric. Null when nothing was compared, or
 * none of it could be.
 */
export function comparisonTable(report: LabReport, scenario: ScenarioReport): ReportTable | null {
  const { comparisons } = scenario;
  if (comparisons.every(({ ratio }) => ratio.value === null)) return null;
  const ids = [...new Set([...scenario.columns, ...comparisons.map(({ metric }) => metric)])];
  const metrics = ids.filter((id) => comparisons.some(({ metric }) => metric === id)).map((id) => metricOf(report, id));
  const points = hasPoints(scenario);
  const lines = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    const key = JSON.stringify([comparison.point, comparison.target]);
    lines.set(key, [...(lines.get(key) ?? []), comparison]);
  }
  const groups = [...lines.values()];
  return {
    headings: [
      ...(points ? [left('at')] : []),
      left('target'),
      ...metrics.map((metric) => ({ ...metricHeading(metric), unit: '' })),
    ],
    rows: groups.map((own, index) => [
      ...(points ? [firstOnly(own[0]?.point ?? '', groups[index - 1]?.[0]?.point)] : []),
      own[0]?.target ?? '',
      ...metrics.map(({ id }) => {
        const found = own.find(({ metric }) => metric === id);
        return found ? comparisonText(found) : '';
      }),
    ]),
  };
}

/** What is said of a comparison that was not made: the rows' own verdicts tell it already. */
const NOT_VALID = / is (?:CONTAMINATED|GENERATOR-LIMITED|INVALID)$/;

/** Why comparisons are inconclusive: each reason once, with how many comparisons it holds for. */
export function inconclusiveReasons({ comparisons }: ScenarioReport): readonly string[] {
  const counts = new Map<string, number>();
  for (const { word, why } of comparisons) {
    if (word !== 'inconclusive' || why === '') continue;
    const reason = NOT_VALID.test(why) ? 'one of the two rows is not valid' : why;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([why, count]) => `${why}${count > 1 ? ` (${count} comparisons)` : ''}`);
}
