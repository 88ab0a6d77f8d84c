import type { Comparison, Estimate, LabReport, Row, ScenarioReport } from './model.js';
import { metricOf } from './tables.js';

/** One line of `report.csv`: one metric of one target at one point of a scenario. */
interface Line {
  readonly scenario: ScenarioReport;
  readonly row: Row;
  readonly metric: string;
  readonly label: string;
  readonly unit: string;
  readonly estimate: Estimate;
  readonly comparison: Comparison | undefined;
}

type Cell = string | number | boolean | null | undefined;

/** Columns of `report.csv`, in order. `docs/reports.md` says what each holds. */
const COLUMNS: readonly (readonly [name: string, of: (line: Line) => Cell])[] = [
  ['scenario', ({ scenario }) => scenario.name],
  ['target', ({ row }) => row.target],
  ['kind', ({ row }) => row.kind],
  ['point', ({ row }) => row.point],
  ['factors', ({ row }) => factorsText(row)],
  ['metric', ({ metric }) => metric],
  ['label', ({ label }) => label],
  ['unit', ({ unit }) => unit],
  ['value', ({ estimate }) => estimate.value],
  ['low', ({ estimate }) => estimate.low],
  ['high', ({ estimate }) => estimate.high],
  ['samples', ({ estimate }) => estimate.samples],
  ['streams', ({ estimate }) => estimate.streams],
  ['blocks', ({ estimate }) => estimate.blocks],
  ['sample_only', ({ estimate }) => estimate.sampleOnly],
  ['verdict', ({ row }) => row.verdict],
  ['reasons', ({ row }) => [...row.reasons, ...(row.flags ?? [])].join('; ')],
  ['reference', ({ comparison }) => comparison?.reference],
  ['word', ({ comparison }) => comparison?.word],
  ['ratio', ({ comparison }) => comparison?.ratio.value],
  ['ratio_low', ({ comparison }) => comparison?.ratio.low],
  ['ratio_high', ({ comparison }) => comparison?.ratio.high],
  ['difference', ({ comparison }) => comparison?.difference.value],
  ['difference_low', ({ comparison }) => comparison?.difference.low],
  ['difference_high', ({ comparison }) => comparison?.difference.high],
  ['why', ({ comparison }) => comparison?.why],
];

/** Names of the columns of `report.csv`. */
export const CSV_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

/** `report.csv`: tidy, one figure a line; RFC 4180 with a heading, UTF-8, lines end in CR LF. Empty: not there. */
export function renderCsv(report: LabReport): string {
  const lines = report.scenarios.flatMap((scenario) =>
    scenario.rows.flatMap((row) =>
      Object.entries(row.values).map(([metric, estimate]): Line => {
        const { label, unit } = metricOf(report, metric);
        const comparison = scenario.comparisons.find(
          (one) => one.metric === metric && one.point === row.point && one.target === row.target,
        );
        return { scenario, row, metric, label, unit, estimate, comparison };
      }),
    ),
  );
  return [CSV_COLUMNS, ...lines.map((line) => COLUMNS.map(([, of]) => of(line)))]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
}

function factorsText({ factors }: Row): string {
  return Object.entries(factors)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

/**
 * A cell of a CSV file. Quoted where RFC 4180 demands it. Text that a spreadsheet would take for a formula gets an
 * apostrophe in front (OWASP, "CSV Injection"); numbers, negative ones too, are left alone.
 */
export function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const text = String(cell);
  const harmless = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
