import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { UsageError } from '../compare/failures.js';
import { METHODOLOGY } from '../raw/raw.js';
import { ratioText, VERDICT_MARK, valueText, wordText } from './format.js';
import { md, markdownTable } from './markdown.js';
import type { LabReport, Row, ScenarioReport } from './model.js';
import { metricOf, type ReportTable } from './tables.js';

/** Comments around the part of the README that is generated. */
export const MARKERS = { begin: '<!-- results:begin -->', end: '<!-- results:end -->' } as const;

/** The scenario that the table is made of. */
const SCENARIO = 'steady';

/** A committed report and the name of its folder. */
export interface Results {
  readonly name: string;
  readonly report: LabReport;
}

/**
 * The latest of the reports `<folder>/<name>/report.json`, by the time at which they were made.
 * @returns undefined when there is no such folder.
 * @throws {UsageError} when the folder holds no report with the scenario of the table, or one of another methodology.
 */
export function latestResults(folder: string): Results | undefined {
  if (!existsSync(folder)) return undefined;
  const all = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'report.json')))
    .map((name) => ({ name, report: JSON.parse(readFileSync(join(folder, name, 'report.json'), 'utf8')) as LabReport }))
    .filter(({ report }) => report.scenarios.some(({ name }) => name === SCENARIO))
    .toSorted((a, b) => a.report.manifest.createdAt.localeCompare(b.report.manifest.createdAt));
  const latest = all.at(-1);
  if (!latest) throw new UsageError(`${folder} holds no report.json with the scenario "${SCENARIO}"`);
  const methodology: string = latest.report.methodology;
  if (methodology !== METHODOLOGY)
    throw new UsageError(`${latest.name} was made by ${methodology}, which is not ${METHODOLOGY}: measure again`);
  return latest;
}

/** What stands between the markers: the table, and what has to be known to read it. */
export function readmeTable({ name, report }: Results): string {
  const scenario = report.scenarios.find((one) => one.name === SCENARIO);
  if (!scenario) throw new UsageError(`${name} has no scenario "${SCENARIO}"`);
  const columns = columnsOf(report, scenario).filter(({ cell }) => scenario.rows.some((row) => cell(row) !== '–'));
  const table: ReportTable = {
    headings: [
      { text: 'target', unit: '', align: 'left' },
      ...columns.map(({ text }) => ({ text, unit: '', align: 'right' as const })),
    ],
    rows: scenario.rows.map((row) => [nameOf(row), ...columns.map(({ cell }) => cell(row))]),
  };
  return [...markdownTable(table), '', captionOf(name, report, scenario)].join('\n');
}

/**
 * The README with the generated part replaced.
 * @throws {UsageError} when the markers are missing, doubled or in the wrong order.
 */
export function withTable(readme: string, table: string): string {
  const [before, rest, ...more] = readme.split(MARKERS.begin);
  const [, after, ...others] = rest?.split(MARKERS.end) ?? [];
  if (before === undefined || after === undefined || more.length > 0 || others.length > 0)
    throw new UsageError(`the README needs ${MARKERS.begin} and ${MARKERS.end} behind it, each once`);
  return `${before}${MARKERS.begin}\n\n${table}\n\n${MARKERS.end}${after}`;
}

interface Column {
  readonly text: string;
  readonly cell: (row: Row) => string;
}

function columnsOf(report: LabReport, scenario: ScenarioReport): readonly Column[] {
  const value = (row: Row | undefined, id: string) => {
    const estimate = row && row.verdict !== 'INVALID' ? row.values[id] : undefined;
    return `${valueText(estimate?.value, metricOf(report, id))}${estimate?.sampleOnly && estimate.value !== null ? '†' : ''}`;
  };
  const plain = (text: string, id: string): Column => ({ text, cell: (row) => value(row, id) });
  const both = (row: Row) => [value(row, 'delivery.p50'), value(row, 'delivery.p99')];
  return [
    { text: 'D p50 / p99', cell: (row) => (both(row).every((cell) => cell === '–') ? '–' : both(row).join(' / ')) },
    plain('TTFT p50', 'ttft.p50'),
    plain('TTLT p50', 'ttlt.p50'),
    plain('requests', 'requests.mean'),
    { text: 'B/token ↓', cell: (row) => value(sameIn(report, 'wire', row), 'wire.down') },
    plain('CPU µs/token', COST),
    { text: `CPU, × ${scenario.reference ?? ''}`, cell: (row) => againstReference(scenario, row) },
  ];
}

const COST = 'serverCpuSteady.median';

/** The row of the same target in another scenario, where nothing is varied. */
function sameIn({ scenarios }: LabReport, name: string, { target }: Row): Row | undefined {
  const scenario = scenarios.find((one) => one.name === name);
  return scenario?.rows.find((row) => row.target === target && row.point === '');
}

function againstReference({ comparisons, reference }: ScenarioReport, { target }: Row): string {
  if (target === reference) return '1×';
  const found = comparisons.find((one) => one.target === target && one.metric === COST);
  if (!found || found.ratio.value === null) return '–';
  const { word, ratio } = found;
  const sign = word === 'equivalent' || word === 'inconclusive' ? ` ${wordText(word)}` : '';
  return `${ratioText(ratio.value)}${sign}`;
}

function nameOf({ target, verdict }: Row): string {
  return verdict === 'VALID' ? target : `${VERDICT_MARK[verdict]} ${target}`;
}

function captionOf(name: string, report: LabReport, { rows }: ScenarioReport): string {
  const { createdAt, node, cpuCount, cpuModel } = report.manifest;
  const streams = Math.max(0, ...rows.map((row) => row.streams));
  const marks = [
    ...(rows.some(({ values }) => Object.values(values).some(({ sampleOnly }) => sampleOnly))
      ? ['† describes this sample only.']
      : []),
    ...(rows.some(({ verdict }) => verdict !== 'VALID')
      ? ['Rows marked ▲ (generator-limited), ! (contaminated) or ✗ (invalid) are not compared.']
      : []),
  ];
  return [
    `Times in ms. D is the time from when a token is due until the reader has it. Up to ${streams} streams a row, over loopback;`,
    `${createdAt.slice(0, 10)}, Node ${md(node)}, ${cpuCount} × ${md(cpuModel)}: read ratios, not absolutes.`,
    ...marks,
    `The whole report, with intervals and everything else: [${md(name)}](benchmarks/results/${encodeURI(name)}/report.md).`,
  ].join(' ');
}
