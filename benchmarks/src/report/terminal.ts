import Table from 'cli-table3';

import { RULES } from '../compare/report-table.js';
import { LEGEND, printable, wrap } from './format.js';
import { circumstances, instrumentFigures, madeWith } from './instrument-text.js';
import type { LabReport, ScenarioReport } from './model.js';
import { numberNotes, superscript } from './notes.js';
import { comparisonTable, hasPoints, inconclusiveReasons, valueTable, type ReportTable } from './tables.js';

/** Columns of a terminal that a report never exceeds. */
export const TERMINAL_COLUMNS = 120;
/** Between two columns of a table. */
const GAP = 2;

/** The whole report for a terminal, at most 120 columns wide. */
export function renderTerminal(report: LabReport): string {
  return [
    ...report.scenarios.flatMap((scenario) => [...scenarioLines(report, scenario), '']),
    ...heading('The instrument'),
    ...instrumentFigures(report).flatMap(({ name, seen }) => wrap(`${name}: ${seen}`, TERMINAL_COLUMNS, '  ')),
    '',
    ...LEGEND.flatMap((line) => wrap(line, TERMINAL_COLUMNS)),
    '',
    ...[...circumstances(report), madeWith(report)].flatMap((line) => wrap(line, TERMINAL_COLUMNS, '  ')),
  ].join('\n');
}

/** One scenario for a terminal. */
export function renderScenario(report: LabReport, scenario: ScenarioReport): string {
  return scenarioLines(report, scenario).join('\n');
}

function scenarioLines(report: LabReport, scenario: ScenarioReport): readonly string[] {
  const { numbered, general } = numberNotes(scenario);
  const comparisons = comparisonTable(report, scenario);
  const keys = hasPoints(scenario) ? 2 : 1;
  return [
    ...heading(`${scenario.title} (${scenario.name})`),
    ...wrap(scenario.question, TERMINAL_COLUMNS),
    '',
    ...drawTable(valueTable(report, scenario), keys),
    ...(comparisons ? ['', `Against ${scenario.reference ?? 'the reference'}:`, ...drawTable(comparisons, keys)] : []),
    '',
    ...wrap(scenario.answer, TERMINAL_COLUMNS),
    ...numbered.flatMap((note, index) => wrap(`${superscript([index + 1])} ${note}`, TERMINAL_COLUMNS, '  ')),
    ...inconclusiveReasons(scenario).flatMap((why) => wrap(`~ ${why}`, TERMINAL_COLUMNS, '  ')),
    ...general.flatMap((note) => wrap(`· ${note}`, TERMINAL_COLUMNS, '  ')),
  ];
}

function heading(text: string): readonly string[] {
  const lines = wrap(text, TERMINAL_COLUMNS);
  return [...lines, '═'.repeat(Math.max(...lines.map(({ length }) => length)))];
}

/**
 * Draws a table within 120 columns. Columns that do not fit go into further tables below, which begin with the first
 * `keys` columns again.
 */
export function drawTable({ headings, rows }: ReportTable, keys: number): readonly string[] {
  const widths = headings.map(({ text, unit }, column) =>
    Math.max(text.length, unit.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const keyWidth = widths.slice(0, keys).reduce((sum, width) => sum + width + GAP, 0);
  const parts: number[][] = [[]];
  let used = keyWidth;
  for (let column = keys; column < headings.length; column += 1) {
    const width = (widths[column] ?? 0) + GAP;
    if (used + width - GAP > TERMINAL_COLUMNS && parts.at(-1)?.length !== 0) {
      parts.push([]);
      used = keyWidth;
    }
    parts.at(-1)?.push(column);
    used += width;
  }
  const first = Array.from({ length: keys }, (_, column) => column);
  return parts.flatMap((columns, index) => [
    ...(index > 0 ? [''] : []),
    ...drawColumns({ headings, rows }, [...first, ...columns]),
  ]);
}

function drawColumns({ headings, rows }: ReportTable, columns: readonly number[]): readonly string[] {
  const own = columns.map((column) => headings[column]);
  const table = new Table({
    head: own.map((heading) => (heading?.unit ? `${heading.text}\n${heading.unit}` : (heading?.text ?? ''))),
    colAligns: own.map((heading) => heading?.align ?? 'left'),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: RULES,
  });
  for (const row of rows) table.push(columns.map((column) => printable(row[column] ?? '')));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
