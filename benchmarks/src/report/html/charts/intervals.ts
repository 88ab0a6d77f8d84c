import { comparisonText, intervalText, listText, ratioText } from '../../format.js';
import type { Comparison, LabReport, ScenarioReport, Word } from '../../model.js';
import { metricOf } from '../../tables.js';
import type { Palette } from '../palette.js';
import type { ChartOption } from '../svg.js';
import { AXIS, nameAxis, roomFor, slug, tick, type Chart } from './chart.js';
import { isCost } from './curve.js';

/** Comparisons that one chart can hold. */
const MOST_BARS = 40;
const BAR_HEIGHT = 24;

const RATIO = { unit: 'ratio' } as const;

/** Ratios against the reference with their intervals: of the first compared figure, and of cost. */
export function intervalCharts(report: LabReport, scenario: ScenarioReport, palette: Palette): readonly Chart[] {
  const ids = [...new Set(scenario.comparisons.map(({ metric }) => metric))];
  const first = scenario.columns.find((id) => ids.includes(id));
  const cost = ids.find((id) => isCost(metricOf(report, id)));
  return [...new Set([first, cost])].flatMap((id) => {
    const shown = scenario.comparisons.filter(
      ({ metric, ratio }) => metric === id && ratio.value !== null && ratio.value > 0,
    );
    return id === undefined || shown.length === 0 || shown.length > MOST_BARS
      ? []
      : [intervalChart(report, scenario, id, shown, palette)];
  });
}

function intervalChart(
  report: LabReport,
  scenario: ScenarioReport,
  id: string,
  shown: readonly Comparison[],
  palette: Palette,
): Chart {
  const { label } = metricOf(report, id);
  const names = shown.map(({ target, point }) => [point, target].filter((part) => part !== '').join(' · '));
  const said = (word: Word) => shown.flatMap((one, index) => (one.word === word ? [names[index] ?? ''] : []));
  const words = [...new Set(shown.map(({ word }) => word))].map((word) => `${word}: ${listText(said(word))}`);
  return {
    id: `intervals-${slug(scenario.name)}-${slug(id)}`,
    title: `${label} divided by that of ${scenario.reference ?? 'the reference'}`,
    caption:
      'Point and bar: ratio and its 95 % interval, by paired bootstrap over blocks. The band is the margin: what lies within it is equivalent. Hollow: inconclusive.',
    alternative: `${words.join('; ')}.`,
    legend: [],
    height: () => shown.length * BAR_HEIGHT + 64,
    option: ({ width }) => option(barsOf(scenario, shown, names), width, palette),
    table: {
      headings: [
        { text: scenario.rows.some(({ point }) => point !== '') ? 'at · target' : 'target', unit: '', align: 'left' },
        { text: 'ratio', unit: '', align: 'right' },
        { text: 'interval', unit: '', align: 'right' },
        { text: 'word', unit: '', align: 'left' },
      ],
      rows: shown.map(({ ratio, word }, index) => [
        names[index] ?? '',
        ratioText(ratio.value),
        intervalText(ratio, RATIO),
        word,
      ]),
    },
  };
}

/** The margin as a ratio, at the reference's value: an absolute margin weighs more where values are small. */
function bandOf({ rows }: ScenarioReport, one: Comparison): number {
  const row = rows.find(({ target, point }) => target === one.reference && point === one.point);
  const reference = row?.values[one.metric]?.value;
  const absolute = reference ? one.margin.absolute / Math.abs(reference) : 0;
  return Math.max(one.margin.relative, absolute);
}

/** What is drawn: comparisons, the names of their lines, and where each lies. */
interface Bars {
  readonly shown: readonly Comparison[];
  readonly names: readonly string[];
  /** Ratio, line, both ends of the interval, both ends of the margin. */
  readonly data: readonly (readonly number[])[];
}

function barsOf(scenario: ScenarioReport, shown: readonly Comparison[], names: readonly string[]): Bars {
  const data = shown.map((one, index) => {
    const value = one.ratio.value ?? 1;
    const band = bandOf(scenario, one);
    return [value, index, one.ratio.low ?? value, one.ratio.high ?? value, Math.max(1 - band, 0.01), 1 + band];
  });
  return { shown, names, data };
}

function option({ shown, names, data }: Bars, width: number, palette: Palette): ChartOption {
  const narrow = width < 500;
  const most = narrow ? 18 : 34;
  const ends = data.flatMap(([value = 1, , low = 1, high = 1]) => [value, low, high]).filter((end) => end > 0);
  const [min, max] = [Math.min(0.8, ...ends) / 1.15, Math.max(1.25, ...ends) * 1.15];
  const within = data.map((line) => line.map((end, place) => (place === 1 ? end : Math.min(Math.max(end, min), max))));
  const renderItem = (_: unknown, api: BarApi) => bar(api, shown, width, palette);
  return {
    grid: { left: roomFor(names, most), right: narrow ? 86 : 120, top: 10, bottom: 34 },
    xAxis: { ...AXIS, type: 'log', min, max, axisLabel: { ...AXIS.axisLabel, ...ticksOf(min, max, narrow) } },
    yAxis: nameAxis(names, most),
    series: [{ type: 'custom', silent: true, data: within, encode: { x: [0, 2, 3], y: 1 }, renderItem }],
  };
}

/** Round ratios within the axis; the library's own would be powers of ten only. */
function ticksOf(min: number, max: number, narrow: boolean): object {
  const far = max / min > 30;
  const fine = narrow ? [1, 2, 5] : [1, 1.25, 1.5, 2, 3, 5, 7];
  const steps = far ? (narrow ? [1] : [1, 3]) : fine;
  const powers = [0.01, 0.1, 1, 10, 100, 1000, 10_000];
  const below = far || narrow ? [] : [0.6, 0.7, 0.8, 0.9];
  const values = [...powers.flatMap((power) => steps.map((step) => step * power)), ...below];
  const customValues = values.filter((value) => value >= min && value <= max);
  return { customValues, formatter: (value: number) => `${tick(Number(value.toPrecision(3)))}×` };
}

interface BarApi {
  /** Size of an area in pixels: here, the height of one line. */
  size: (area: readonly [number, number]) => readonly [number, number];
  value: (dimension: number) => number;
  coord: (point: readonly [number, number]) => readonly [number, number];
}

/** One comparison: its margin as a band, its interval, its ratio, and the word at the right. */
function bar(api: BarApi, shown: readonly Comparison[], width: number, palette: Palette): object {
  const index = api.value(1);
  const one = shown[index];
  if (!one) return { type: 'group', children: [] };
  const [value, low, high, from, to, unit] = [...[0, 2, 3, 4, 5].map((dimension) => api.value(dimension)), 1].map(
    (ratio) => api.coord([ratio, index])[0],
  ) as [number, number, number, number, number, number];
  const y = api.coord([1, index])[1];
  const height = api.size([1, 1])[1];
  const { colour } = palette.of(one.target);
  const line = (x1: number, y1: number, x2: number, y2: number, style: object) => ({
    type: 'line',
    shape: {
      x1,
      y1,
      x2,
      y2,
    },
    style,
  });
  const filled = { fill: one.word === 'inconclusive' ? 'var(--paper)' : colour, stroke: colour, lineWidth: 2 };
  const said = {
    text: comparisonText(one),
    fill: 'var(--ink)',
    fontSize: 11.5,
    align: 'right',
    verticalAlign: 'middle',
  };
  return {
    type: 'group',
    children: [
      { type: 'rect', shape: { x: from, y: y - height / 2, width: to - from, height }, style: { fill: 'var(--band)' } },
      line(unit, y - height / 2, unit, y + height / 2, { stroke: 'var(--muted)', lineWidth: 1 }),
      line(low, y, high, y, { stroke: colour, lineWidth: 3 }),
      { type: 'circle', shape: { cx: value, cy: y, r: 4.5 }, style: filled },
      { type: 'text', x: width - 4, y, style: said },
    ],
  };
}
