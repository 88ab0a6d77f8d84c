import type { Metric } from '../../../metrics/metric.js';
import { estimateText, listText, valueText, withUnit } from '../../format.js';
import type { LabReport, Row, ScenarioReport } from '../../model.js';
import { metricOf } from '../../tables.js';
import type { Palette } from '../palette.js';
import type { ChartOption } from '../svg.js';
import { AXIS, logRange, slug, tick, type Chart } from './chart.js';

/** Curves of a scenario with an axis: D against it, and what a token costs the server. One for each other factor. */
export function curveCharts(report: LabReport, scenario: ScenarioReport, palette: Palette): readonly Chart[] {
  const { axis } = scenario;
  if (axis === null) return [];
  const rows = scenario.rows.filter((row) => axis in row.factors && row.verdict !== 'INVALID');
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const { [axis]: _, ...others } = row.factors;
    const key = Object.entries(others)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const ids = metricsOf(report, scenario);
  return [...groups].flatMap(([group, own]) =>
    ids.flatMap((id) => {
      const metric = metricOf(report, id);
      const shown = own.filter((row) => isNumber(row.values[id]?.value));
      return shown.length < 2 ? [] : [curveChart({ scenario, axis, group, metric, rows: shown, palette })];
    }),
  );
}

/** The first of the table's figures of delay, and the first of cost; else the first of all. */
function metricsOf(report: LabReport, { columns }: ScenarioReport): readonly string[] {
  const delay = columns.find((id) => id === 'delivery.p50') ?? columns.find((id) => id.startsWith('delivery'));
  const cost = columns.find((id) => isCost(metricOf(report, id)));
  const found = [delay, cost].filter((id) => id !== undefined);
  return found.length > 0 ? found : columns.slice(0, 1);
}

/** Processor time a token. */
export function isCost({ id, unit }: Metric): boolean {
  return unit === 'µs' && /cpu/i.test(id);
}

interface Curve {
  readonly scenario: ScenarioReport;
  readonly axis: string;
  /** The other factors, as shown; empty when there are none. */
  readonly group: string;
  readonly metric: Metric;
  readonly rows: readonly Row[];
  readonly palette: Palette;
}

function curveChart(curve: Curve): Chart {
  const { scenario, axis, group, metric, rows } = curve;
  const targets = [...new Set(rows.map(({ target }) => target))];
  const positions = positionsOf(curve);
  const ends = targets.map((target) => {
    const own = rows.filter((row) => row.target === target);
    const [first, last] = [own[0]?.values[metric.id]?.value, own.at(-1)?.values[metric.id]?.value];
    return `${target} from ${withUnit(first, metric)} to ${withUnit(last, metric)}`;
  });
  const invalid = rows.some(({ verdict }) => verdict !== 'VALID');
  return {
    id: `curve-${slug(scenario.name)}-${slug(metric.id)}-${slug(group)}`,
    title: `${metric.label} against ${axis}${group === '' ? '' : `, ${group}`}`,
    caption: `Bars are 95 % intervals.${invalid ? ' Hollow points are not valid: they are shown, and not compared.' : ''}`,
    alternative: `From the first to the last point: ${listText(ends)}.`,
    legend: targets,
    height: (width) => (width < 500 ? 280 : 340),
    option: () => option(curve, positions),
    table: {
      headings: [
        { text: axis, unit: '', align: 'left' },
        ...targets.map((text) => ({ text, unit: metric.unit, align: 'right' as const })),
      ],
      rows: [...positions.keys()].map((at) => [
        at,
        ...targets.map((target) => {
          const row = rows.find((one) => one.target === target && String(one.factors[axis]) === at);
          return estimateText(row?.values[metric.id], metric);
        }),
      ]),
    },
  };
}

/** Where each value of the factor is on the axis: numbers by size, names in order of appearance. */
function positionsOf({ rows, axis }: Curve): ReadonlyMap<string, number> {
  const values = [...new Set(rows.map(({ factors }) => factors[axis] ?? ''))];
  const numeric = values.filter((value) => typeof value === 'number');
  if (numeric.length < values.length) return new Map(values.map((value, index) => [String(value), index]));
  return new Map(numeric.toSorted((a, b) => a - b).map((value) => [String(value), value]));
}

function option({ rows, axis, metric, palette }: Curve, positions: ReadonlyMap<string, number>): ChartOption {
  const targets = [...new Set(rows.map(({ target }) => target))];
  const cells = rows.flatMap((row) => {
    const { value, low, high } = row.values[metric.id] ?? { value: null, low: null, high: null };
    const x = positions.get(String(row.factors[axis]));
    return value === null || x === undefined ? [] : [{ row, x, value, low: low ?? value, high: high ?? value }];
  });
  const all = cells.flatMap(({ value, low, high }) => [value, low, high]);
  const wide = Math.max(...all) > 20 * Math.min(...all) && Math.min(...all) > 0;
  const range = wide ? { type: 'log', ...logRange(all) } : { type: 'value', min: 0 };
  return {
    grid: { left: 52, right: 24, top: 28, bottom: 44 },
    xAxis: xAxis(axis, positions),
    yAxis: {
      ...AXIS,
      ...{ ...range, name: metric.unit, nameLocation: 'end', nameGap: 12 },
      nameTextStyle: { ...AXIS.nameTextStyle, align: 'right', padding: [0, 8, 0, 0] },
      axisLabel: { ...AXIS.axisLabel, formatter: tick },
    },
    series: targets.flatMap((target) => {
      const { colour, symbol, dash } = palette.of(target);
      const own = cells.filter(({ row }) => row.target === target).toSorted((a, b) => a.x - b.x);
      const hollow = { color: 'var(--paper)', borderColor: colour, borderWidth: 2 };
      return [
        {
          ...{ type: 'custom', silent: true, renderItem: whisker(colour), encode: { x: 0, y: [1, 2] } },
          data: own.map(({ x, low, high }) => [x, low, high]),
        },
        {
          ...{ type: 'line', silent: true, symbol, symbolSize: 8, itemStyle: { color: colour } },
          lineStyle: { color: colour, width: 2, type: dash },
          data: own.map(({ row, x, value }) => ({
            value: [x, value],
            ...(row.verdict === 'VALID' ? {} : { itemStyle: hollow }),
          })),
        },
      ];
    }),
  };
}

function xAxis(name: string, positions: ReadonlyMap<string, number>): ChartOption {
  const places = [...positions.values()];
  const [least = 0, most = 1] = [Math.min(...places), Math.max(...places)];
  const names = new Map([...positions].map(([text, place]) => [place, text]));
  const log = least > 0 && most / least > 8;
  const shared = { ...AXIS, name, nameLocation: 'middle', nameGap: 28, splitLine: { show: false } };
  const ticks = { show: true, customValues: places, lineStyle: { color: 'var(--line)' } };
  const room = (most - least) * 0.05 || 1;
  return {
    ...shared,
    ...(log
      ? { type: 'log', min: least / 1.25, max: most * 1.25 }
      : { type: 'value', min: least - room, max: most + room }),
    axisTick: ticks,
    axisLabel: {
      ...shared.axisLabel,
      customValues: places,
      // The logarithm and back is not exact.
      formatter: (value: number) => nearest(names, value),
    },
  };
}

function nearest(names: ReadonlyMap<number, string>, value: number): string {
  const [closest] = [...names].toSorted(([a], [b]) => Math.abs(a - value) - Math.abs(b - value));
  return closest?.[1] ?? valueText(value, { unit: 'count' });
}

interface WhiskerApi {
  value: (dimension: number) => number;
  coord: (point: readonly [number, number]) => readonly [number, number];
}

/** Draws the interval of a point: a line with short ends. */
function whisker(colour: string): (params: unknown, api: WhiskerApi) => object {
  return (_params, api) => {
    const [x, low] = api.coord([api.value(0), api.value(1)]);
    const [, high] = api.coord([api.value(0), api.value(2)]);
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      ...{ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.25 } },
    });
    return {
      type: 'group',
      children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)],
    };
  };
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}
