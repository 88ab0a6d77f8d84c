import { listText, ratioText, spreadText, valueText, wrap } from './format.js';
import type { DiffRow } from './diff-model.js';
import type { LabReport } from './model.js';
import { metricOf, type Heading, type ReportTable } from './tables.js';
import { drawTable, TERMINAL_COLUMNS } from './terminal.js';
import { markdownTable } from './markdown.js';

const HEADINGS: readonly Heading[] = ['at', 'target', 'metric', 'old', 'new', 'delta', 'ratio', ''].map((text) => ({
  text,
  unit: '',
  align: ['old', 'new', 'delta', 'ratio'].includes(text) ? 'right' : 'left',
}));

/**
 * Two reports side by side for a terminal: a table a scenario with old, new and delta. `~` stands where nothing can be
 * said, as in benchstat.
 * @param report either of the two: names and units of metrics come from it.
 */
export function renderDiff(rows: readonly DiffRow[], report: LabReport): string {
  if (rows.length === 0) return 'The two reports have no figure in common.';
  return [
    ...scenariosOf(rows).flatMap((scenario) => [
      scenario,
      '═'.repeat(scenario.length),
      ...drawTable(diffTable(rows, scenario, report), 3),
      '',
    ]),
    ...wrap(summaryOf(rows), TERMINAL_COLUMNS),
  ].join('\n');
}

/** The same as Markdown. */
export function renderDiffMarkdown(rows: readonly DiffRow[], report: LabReport): string {
  const tables = scenariosOf(rows).flatMap((scenario) => [
    `## ${scenario}`,
    '',
    ...markdownTable(diffTable(rows, scenario, report)),
    '',
  ]);
  return `${[...tables, summaryOf(rows)].join('\n')}\n`;
}

function scenariosOf(rows: readonly DiffRow[]): readonly string[] {
  return [...new Set(rows.map(({ scenario }) => scenario))];
}

function diffTable(rows: readonly DiffRow[], scenario: string, report: LabReport): ReportTable {
  const own = rows.filter((row) => row.scenario === scenario);
  return { headings: HEADINGS, rows: own.map((row) => cellsOf(row, report)) };
}

function cellsOf(row: DiffRow, report: LabReport): readonly string[] {
  const metric = metricOf(report, row.metric);
  const side = (estimate: DiffRow['old']) =>
    [valueText(estimate.value, metric), spreadText(estimate)].filter((part) => part !== '').join(' ');
  const said = row.word !== 'equivalent' && row.word !== 'inconclusive';
  const interval = row.low === null || row.high === null ? '' : ` (${ratioText(row.low)}–${ratioText(row.high)})`;
  const unit = metric.unit === 'count' || metric.unit === 'ratio' ? '' : `, ${metric.unit}`;
  return [
    row.point,
    row.target,
    `${metric.label}${unit}`,
    side(row.old),
    side(row.new),
    said ? deltaText(row.ratio) : '~',
    `${ratioText(row.ratio)}${interval}`,
    row.word,
  ];
}

/** `+12.3%`. */
function deltaText(ratio: number | null): string {
  if (ratio === null) return '–';
  const percent = (ratio - 1) * 100;
  return `${percent >= 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)}%`;
}

/** How many figures got which word. */
function summaryOf(rows: readonly DiffRow[]): string {
  const counts = new Map<string, number>();
  for (const { word } of rows) counts.set(word, (counts.get(word) ?? 0) + 1);
  return `${rows.length} figures in both: ${listText([...counts].map(([word, count]) => `${count} ${word}`))}.`;
}
