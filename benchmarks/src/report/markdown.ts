import { LEGEND } from './format.js';
import { circumstances, instrumentFigures, madeWith } from './instrument-text.js';
import type { LabReport, ScenarioReport } from './model.js';
import { numberNotes, superscript } from './notes.js';
import { comparisonTable, inconclusiveReasons, valueTable, type ReportTable } from './tables.js';

/** `report.md`: all tables, answers and notes as Markdown. */
export function renderMarkdown(report: LabReport): string {
  const lines = [
    '# Streaming transports, compared',
    '',
    ...report.scenarios
      .filter(({ answer }) => answer !== '')
      .map(({ title, answer }) => `* **${md(title)}**: ${md(answer)}`),
    '',
    ...report.scenarios.flatMap((scenario) => scenarioLines(report, scenario)),
    '## The instrument',
    '',
    ...instrumentFigures(report).map(({ name, seen }) => `* ${md(name)}: ${md(seen)}`),
    '',
    '## Reading the tables',
    '',
    ...LEGEND.map((line) => `* ${md(line)}`),
    ...circumstances(report).map((line) => `* ${md(line)}`),
    '',
    md(madeWith(report)),
  ];
  return `${lines.join('\n')}\n`;
}

function scenarioLines(report: LabReport, scenario: ScenarioReport): readonly string[] {
  const { numbered, general } = numberNotes(scenario);
  const comparisons = comparisonTable(report, scenario);
  const notes = [
    ...numbered.map((note, index) => `${superscript([index + 1])} ${note}`),
    ...inconclusiveReasons(scenario).map((why) => `~ ${why}`),
    ...general,
  ];
  return [
    `## ${md(scenario.title)}`,
    '',
    md(scenario.question),
    '',
    ...markdownTable(valueTable(report, scenario)),
    '',
    ...(comparisons ? [`Against ${md(scenario.reference ?? '')}:`, '', ...markdownTable(comparisons), ''] : []),
    ...(scenario.answer === '' ? [] : [md(scenario.answer), '']),
    ...(notes.length > 0 ? [...notes.map((note) => `* ${md(note)}`), ''] : []),
  ];
}

/** A table as Markdown. Units go into the headings. */
export function markdownTable({ headings, rows }: ReportTable): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(headings.map(({ text, unit }) => md(unit === '' ? text : `${text}, ${unit}`))),
    line(headings.map(({ align }) => (align === 'left' ? '---' : '---:'))),
    ...rows.map((row) => line(row.map(md))),
  ];
}

/**
 * Text that Markdown shows as it is: nothing in it becomes markup, HTML, a link or another cell. Line ends become
 * spaces. Inside a word nothing needs escaping but what could begin something.
 */
export function md(text: string): string {
  return text
    .replaceAll(/[\r\n\u2028\u2029]+/g, ' ')
    .replaceAll(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
