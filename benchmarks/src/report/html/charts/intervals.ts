import { comparisonText, intervalText, listText, ratioText } from '../../format.js';
import type { Comparison, LabReport, ScenarioReport, Word } from '../../model.js';
import { metricOf } from '../../tables.js';
import type { Palette } from '../palette.js';
import type { ChartOption } from '../svg.js';
import { AXIS, BARE_AXIS, clip, slug, tick, type Chart } from './chart.js';
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
    option: ({ width }) => option(scenario, shown, names, width, palette),
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

function option(
  scenario: ScenarioReport,
  shown: readonly Comparison[],
  names: readonly string[],
  width: number,
  palette: Palette,
): ChartOption {
  const narrow = width < 500;
  const most = narrow ? 18 : 34;
  const longest = Math.max(...names.map((name) => Math.min(name.length, most)));
  const data = shown.map((one, index) => {
    const value = one.ratio.value ?? 1;
    const band = bandOf(scenario, one);
    return [value, index, one.ratio.low ?? value, one.ratio.high ?? value, Math.max(1 - band, 0.01), 1 + band];
  });
  const ends = data.flatMap(([value = 1, , low = 1, high = 1]) => [value, low, high]).filter((end) => end > 0);
  const [min, max] = [Math.min(0.8, ...ends) / 1.15, Math.max(1.25, ...ends) * 1.15];
  return {
    grid: { left: longest * 6.6 + 16, right: narrow ? 86 : 120, top: 10, bottom: 34 },
    xAxis: { ...AXIS, type: 'log', min, max, axisLabel: { ...AXIS.axisLabel, ...ticksOf(min, max, narrow) } },
    yAxis: {
      ...BARE_AXIS,
      ...{ type: 'category', inverse: true, data: names.map((name) => clip(name, most)) },
      axisLabel: { ...AXIS.axisLabel, color: 'var(--ink)', interval: 0 },
    },
    series: [
      {
        ...{ type: 'custom', silent: true, data, encode: { x: [0, 2, 3], y: 1 } },
        renderItem: (_: unknown, api: BarApi) => bar(api, shown, width, palette),
      },
    ],
  };
}

/** Round ratios within the axis; the library's own would be powers of ten only. */
function ticksOf(min: number, max: number, narrow: boolean): object {
  const steps = max / min > 30 ? (narrow ? [1] : [1, 3]) : [1, 1.25, 1.5, 2, 3, 5, 7];
  const powers = [0.01, 0.1, 1, 10, 100, 1000, 10_000];
  const below = max / min > 30 ? [] : [0.6, 0.7, 0.8, 0.9];
  const values = [...powers.flatMap((power) => steps.map((step) => step * power)), ...below];
  const customValues = values.filter((value) => value >= min && value <= max);
  return { customValues, formatter: (value: number) => `${tick(Number(value.toPrecision(3)))}×` };
}

interface BarApi {
  value: (dimension: number) => number;
  coord: (point: readonly [number, number]) => readonly [number, number];
}

/** One comparison: its margin as a band, its interval, its ratio, and the word at the right. */
function bar(api: BarApi, shown: readonly Comparison[], width: number, palette: Palette): object {
  const index = api.value(1);
  const one = shown[index];
  if (!one) return { type: 'group', children: [] };
  const at = (ratio: number) => api.coord([ratio, index]);
  const [x, y] = at(api.value(0));
  const [[low], [high], [from], [to], [unit]] = [2, 3, 4, 5]
    .map((dimension) => at(api.value(dimension)))
    .concat([at(1)]) as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  const { colour } = palette.of(one.target);
  const hollow = one.word === 'inconclusive';
  const left = at(Math.max(api.value(4), 0))[0];
  return {
    type: 'group',
    children: [
      {
        type: 'rect',
        shape: { x: Math.min(left, from), y: y - BAR_HEIGHT / 2, width: to - Math.min(left, from), height: BAR_HEIGHT },
        style: { fill: 'var(--band)' },
      },
      {
        type: 'line',
        shape: { x1: unit, y1: y - BAR_HEIGHT / 2, x2: unit, y2: y + BAR_HEIGHT / 2 },
        style: { stroke: 'var(--muted)', lineWidth: 1 },
      },
      { type: 'line', shape: { x1: low, y1: y, x2: high, y2: y }, style: { stroke: colour, lineWidth: 3 } },
      {
        type: 'circle',
        shape: { cx: x, cy: y, r: 4.5 },
        style: { fill: hollow ? 'var(--paper)' : colour, stroke: colour, lineWidth: 2 },
      },
      {
        type: 'text',
        x: width - 4,
        y,
        style: {
          text: comparisonText(one),
          fill: 'var(--ink)',
          fontSize: 11.5,
          align: 'right',
          verticalAlign: 'middle',
        },
      },
    ],
  };
}
