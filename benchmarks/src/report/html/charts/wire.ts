import { rough } from '../../../compare/numbers.js';
import { listText } from '../../format.js';
import type { LabReport, Row, ScenarioReport } from '../../model.js';
import { metricOf } from '../../tables.js';
import type { ChartOption, Size } from '../svg.js';
import { AXIS, nameAxis, namedAxis, roomFor, slug, tick, type Chart } from './chart.js';

/** Parts of what a server sends, from the reader's own text to the outermost wrapping. */
const DOWN = ['wire.payload', 'wire.envelope', 'wire.framing', 'wire.http'] as const;
/** Text and envelope of a compressed answer: nobody can tell one from the other. */
const CODED = 'wire.coded';
/** Fills of the parts, from strong to faint, and one for the way up. */
const FILLS = ['var(--wire-1)', 'var(--wire-2)', 'var(--wire-3)', 'var(--wire-4)', 'var(--wire-5)'] as const;
const UP_FILLS = ['var(--wire-up)', 'var(--wire-up-2)', 'var(--wire-up-3)', 'var(--wire-up-4)'] as const;
const MOST_ROWS = 30;
/** Below a panel: its axis and the name of it. */
const FOOT = 46;

/** The wire ledger of a scenario: bytes a token as stacked bars, down and up. Empty unless its table has the four metrics. */
export function wireCharts(report: LabReport, scenario: ScenarioReport): readonly Chart[] {
  if (!DOWN.every((id) => scenario.columns.includes(id))) return [];
  const rows = scenario.rows.filter(
    ({ verdict, values }) => verdict !== 'INVALID' && DOWN.every((id) => typeof values[id]?.value === 'number'),
  );
  if (rows.length === 0 || rows.length > MOST_ROWS) return [];
  const ups = Object.keys(report.metrics).filter(
    (id) => id.startsWith('wire.up') && rows.some(({ values }) => typeof values[id]?.value === 'number'),
  );
  const downs = rows.some((row) => valueOf(row, CODED) > 0) ? [...DOWN, CODED] : DOWN;
  const names = rows.map(({ target, point }) => [point, target].filter((part) => part !== '').join(' · '));
  return [wireChart(report, scenario, { rows, names, downs, ups })];
}

/** What a chart shows: bars, their names, and the metrics of their parts. */
interface Ledger {
  readonly rows: readonly Row[];
  readonly names: readonly string[];
  readonly downs: readonly string[];
  readonly ups: readonly string[];
}

const valueOf = (row: Row, id: string): number => row.values[id]?.value ?? 0;
const sum = (row: Row, ids: readonly string[]): number => ids.reduce((total, id) => total + valueOf(row, id), 0);

function wireChart(report: LabReport, scenario: ScenarioReport, ledger: Ledger): Chart {
  const { rows, names, downs, ups } = ledger;
  const labelOf = (id: string) => metricOf(report, id).label;
  const keysOf = (ids: readonly string[], fills: readonly string[]) =>
    ids.map((id, index) => [labelOf(id), fills[index % fills.length] ?? ''] as const);
  const totals = rows.map((row, index) => `${names[index]} ${rough(sum(row, downs))}`);
  return {
    id: `wire-${slug(scenario.name)}`,
    title: 'What goes over the wire for each token',
    caption: `Bytes at the socket${ups.length > 0 ? ', down and up on scales of their own' : ''}. Payload is the text itself; everything else is what carries it.`,
    alternative: `Bytes a token, down: ${listText(totals)}.`,
    legend: [],
    keys: [...keysOf(downs, FILLS), ...keysOf(ups, UP_FILLS)],
    height: (width) => {
      const panel = rows.length * 24 + FOOT;
      return width < 500 && ups.length > 0 ? 2 * panel : panel;
    },
    option: (size) => option(ledger, size),
    table: {
      headings: [
        { text: 'target', unit: '', align: 'left' },
        ...[...downs, ...ups].map((id) => ({ text: labelOf(id), unit: 'bytes', align: 'right' as const })),
        { text: 'parts ↓', unit: 'bytes', align: 'right' },
      ],
      rows: rows.map((row, index) => [
        names[index] ?? '',
        ...[...downs, ...ups].map((id) => rough(valueOf(row, id))),
        rough(sum(row, downs)),
      ]),
    },
  };
}

/** One of the two halves of the chart: down or up. */
interface Panel {
  readonly ids: readonly string[];
  readonly fills: readonly string[];
  readonly name: string;
  readonly grid: object;
  /** Whether names stand beside it. */
  readonly named: boolean;
}

/** Side by side on a wide page, one below the other on a narrow one. */
function panelsOf({ downs, ups }: Ledger, left: number, { width, height }: Size): readonly Panel[] {
  const narrow = width < 500;
  const room = width - left - 24;
  const down = { ids: downs, fills: FILLS, name: 'bytes a token ↓', named: true };
  const up = { ids: ups, fills: UP_FILLS, name: 'bytes a token ↑', named: narrow };
  if (ups.length === 0) return [{ ...down, grid: { left, top: 6, width: room - 20, height: height - FOOT } }];
  const half = narrow ? height / 2 : height;
  return [
    { ...down, grid: { left, top: 6, width: narrow ? room - 20 : room * 0.62, height: half - FOOT } },
    narrow
      ? { ...up, grid: { left, top: half + 6, width: room - 20, height: half - FOOT } }
      : { ...up, grid: { left: left + room * 0.7, top: 6, width: room * 0.26, height: half - FOOT } },
  ];
}

function option(ledger: Ledger, size: Size): ChartOption {
  const { names, ups } = ledger;
  const narrow = size.width < 500;
  const most = narrow ? 16 : 30;
  const panels = panelsOf(ledger, roomFor(names, most), size);
  return {
    grid: panels.map(({ grid }) => grid),
    xAxis: panels.map(({ name, ids }, gridIndex) => {
      const splitNumber = ids === ups || narrow ? 3 : 6;
      const axisLabel = { ...AXIS.axisLabel, formatter: tick };
      return namedAxis(name, { type: 'value', gridIndex, nameGap: 24, splitNumber, axisLabel });
    }),
    yAxis: panels.map(({ named }, gridIndex) => nameAxis(named ? names : names.map(() => ''), most, { gridIndex })),
    series: panels.flatMap((panel, index) => seriesOf(panel, index, ledger.rows)),
  };
}

/** The parts of one panel, and the sum behind the last. */
function seriesOf({ ids, fills }: Panel, index: number, rows: readonly Row[]): readonly object[] {
  const formatter = ({ dataIndex }: { dataIndex: number }) => rough(sum(rows[dataIndex] as Row, ids));
  const label = { position: 'right', color: 'var(--ink)', fontSize: 11.5, formatter };
  const place = { stack: `panel${index}`, xAxisIndex: index, yAxisIndex: index };
  return ids.map((id, part) => {
    const itemStyle = { color: fills[part % fills.length], borderColor: 'var(--paper)', borderWidth: 0.5 };
    const data = rows.map((row) => valueOf(row, id));
    const show = part === ids.length - 1;
    return Object.assign(
      { type: 'bar', silent: true, barWidth: 14, itemStyle, data, label: { show, ...label } },
      place,
    );
  });
}
