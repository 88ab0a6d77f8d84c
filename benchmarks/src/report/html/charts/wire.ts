import { rough } from '../../../compare/numbers.js';
import { listText } from '../../format.js';
import type { LabReport, Row, ScenarioReport } from '../../model.js';
import { metricOf } from '../../tables.js';
import type { ChartOption } from '../svg.js';
import { AXIS, BARE_AXIS, clip, slug, tick, type Chart } from './chart.js';

/** Parts of what a server sends, from the reader's own text to the outermost wrapping. */
const DOWN = ['wire.payload', 'wire.envelope', 'wire.framing', 'wire.http'] as const;
/** Fills of the parts, from strong to faint, and one for the way up. */
const FILLS = ['var(--wire-1)', 'var(--wire-2)', 'var(--wire-3)', 'var(--wire-4)'] as const;
const UP_FILLS = ['var(--wire-up)', 'var(--wire-up-2)', 'var(--wire-up-3)', 'var(--wire-up-4)'] as const;
const MOST_ROWS = 30;

/** The wire ledger of a scenario: bytes a token as stacked bars, down and up. Empty without its four metrics. */
export function wireCharts(report: LabReport, scenario: ScenarioReport): readonly Chart[] {
  const rows = scenario.rows.filter(
    ({ verdict, values }) => verdict !== 'INVALID' && DOWN.every((id) => typeof values[id]?.value === 'number'),
  );
  if (rows.length === 0 || rows.length > MOST_ROWS) return [];
  const ups = Object.keys(report.metrics).filter(
    (id) => id.startsWith('wire.up') && rows.some(({ values }) => typeof values[id]?.value === 'number'),
  );
  return [wireChart(report, scenario, rows, ups)];
}

const valueOf = (row: Row, id: string): number => row.values[id]?.value ?? 0;
const sum = (row: Row, ids: readonly string[]): number => ids.reduce((total, id) => total + valueOf(row, id), 0);

function wireChart(report: LabReport, scenario: ScenarioReport, rows: readonly Row[], ups: readonly string[]): Chart {
  const names = rows.map(({ target, point }) => [point, target].filter((part) => part !== '').join(' · '));
  const labelOf = (id: string) => metricOf(report, id).label;
  const totals = rows.map((row, index) => `${names[index]} ${rough(sum(row, DOWN))}`);
  const upKeys = ups.map((id, index) => [labelOf(id), UP_FILLS[index % UP_FILLS.length] ?? ''] as const);
  return {
    id: `wire-${slug(scenario.name)}`,
    title: 'What goes over the wire for each token',
    caption: `Bytes at the socket${ups.length > 0 ? ', down and up on scales of their own' : ''}. Payload is the text itself; everything else is what carries it.`,
    alternative: `Bytes a token, down: ${listText(totals)}.`,
    legend: [],
    keys: [...DOWN.map((id, index) => [labelOf(id), FILLS[index] ?? ''] as const), ...upKeys],
    height: (width) => {
      const panel = rows.length * 24 + 46;
      return width < 500 && ups.length > 0 ? 2 * panel : panel;
    },
    option: ({ width, height }) => option(rows, names, ups, { width, height }),
    table: {
      headings: [
        { text: 'target', unit: '', align: 'left' },
        ...[...DOWN, ...ups].map((id) => ({ text: labelOf(id), unit: 'bytes', align: 'right' as const })),
        { text: 'all ↓', unit: 'bytes', align: 'right' },
      ],
      rows: rows.map((row, index) => [
        names[index] ?? '',
        ...[...DOWN, ...ups].map((id) => rough(valueOf(row, id))),
        rough(sum(row, DOWN)),
      ]),
    },
  };
}

interface Panel {
  readonly ids: readonly string[];
  readonly fills: readonly string[];
  readonly name: string;
  readonly grid: object;
  readonly named: boolean;
}

function option(
  rows: readonly Row[],
  names: readonly string[],
  ups: readonly string[],
  { width, height }: { readonly width: number; readonly height: number },
): ChartOption {
  const narrow = width < 500;
  const most = narrow ? 16 : 30;
  const left = Math.max(...names.map((name) => Math.min(name.length, most))) * 6.6 + 16;
  const room = width - left - 24;
  const split = ups.length > 0 && !narrow;
  const half = height / 2;
  const down: Panel = {
    ...{ ids: DOWN, fills: FILLS, name: 'bytes a token ↓', named: true },
    grid: {
      ...{ left, top: 6, width: split ? room * 0.62 : room - 20 },
      height: (ups.length > 0 && narrow ? half : height) - 46,
    },
  };
  const up: Panel = {
    ...{ ids: ups, fills: UP_FILLS, name: 'bytes a token ↑', named: narrow },
    grid: narrow
      ? { left, top: half + 6, width: room - 20, height: half - 46 }
      : { left: left + room * 0.7, top: 6, width: room * 0.26, height: height - 46 },
  };
  const panels = ups.length > 0 ? [down, up] : [down];
  return {
    grid: panels.map(({ grid }) => grid),
    xAxis: panels.map(({ name, ids }, gridIndex) => ({
      ...AXIS,
      ...{
        type: 'value',
        gridIndex,
        name,
        nameLocation: 'middle',
        nameGap: 24,
        splitNumber: ids === ups || narrow ? 3 : 6,
      },
      axisLabel: { ...AXIS.axisLabel, formatter: tick },
    })),
    yAxis: panels.map(({ named }, gridIndex) => ({
      ...BARE_AXIS,
      ...{ type: 'category', gridIndex, inverse: true, data: names.map((name) => clip(name, most)) },
      axisLabel: { ...AXIS.axisLabel, show: named, color: 'var(--ink)', interval: 0 },
    })),
    series: panels.flatMap((panel, index) => seriesOf(panel, index, rows)),
  };
}

/** The parts of one panel, and the sum behind the last. */
function seriesOf({ ids, fills }: Panel, index: number, rows: readonly Row[]): readonly object[] {
  return ids.map((id, part) => ({
    ...{ type: 'bar', silent: true, stack: `panel${index}`, xAxisIndex: index, yAxisIndex: index, barWidth: 14 },
    itemStyle: { color: fills[part % fills.length], borderColor: 'var(--paper)', borderWidth: 0.5 },
    data: rows.map((row) => valueOf(row, id)),
    label: {
      ...{ show: part === ids.length - 1, position: 'right', color: 'var(--ink)', fontSize: 11.5 },
      formatter: ({ dataIndex }: { dataIndex: number }) => rough(sum(rows[dataIndex] as Row, ids)),
    },
  }));
}
