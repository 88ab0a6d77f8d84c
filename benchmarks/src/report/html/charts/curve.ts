import type { Metric } from '../../../metrics/metric.js';
import { estimateText, listText, valueText, withUnit } from '../../format.js';
import type { LabReport, Row, ScenarioReport } from '../../model.js';
import { metricOf } from '../../tables.js';
import type { Look, Palette } from '../palette.js';
import type { ChartOption } from '../svg.js';
import { logRange, namedAxis, slug, ticksAt, unitAxis, type Chart } from './chart.js';

/** Curves of a scenario with an axis: D against it, and what a token costs the server. */
export function curveCharts(report: LabReport, scenario: ScenarioReport, palette: Palette): readonly Chart[] {
  const { axis } = scenario;
  if (axis === null) return [];
  const rows = scenario.rows.filter((row) => axis in row.factors && row.verdict !== 'INVALID');
  const ids = metricsOf(report, scenario);
  return groupsOf(rows, axis).flatMap(([group, own, placeOf]) =>
    ids.flatMap((id) => {
      const metric = metricOf(report, id);
      const shown = own.filter((row) => isNumber(row.values[id]?.value));
      const curve = { scenario, axis, group, metric, rows: shown, palette, placeOf };
      return positionsOf(curve).size < 2 ? [] : [curveChart(curve)];
    }),
  );
}

/** Rows of one chart: its name, they, and where each belongs on the axis. */
type Group = readonly [name: string, rows: readonly Row[], placeOf: (row: Row) => string | number];

/**
 * One chart, where a target has one row at each place of the axis. Where other factors make several of them, a chart for
 * each combination of those. And where that leaves single points, because everything changes with the axis (networks
 * with the same delay), one chart over the points by name.
 */
function groupsOf(rows: readonly Row[], axis: string): readonly Group[] {
  const placeOf = (row: Row) => row.factors[axis] ?? '';
  const free = freeFactors(rows, axis);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = free.map((name) => `${name} ${row.factors[name] ?? ''}`).join(', ');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const single = [...groups.values()].some((own) => new Set(own.map(placeOf)).size < 2);
  return single ? [['', rows, ({ point }) => point]] : [...groups].map(([name, own]) => [name, own, placeOf]);
}

/** Factors that differ between rows of one target at one place of the axis. */
function freeFactors(rows: readonly Row[], axis: string): readonly string[] {
  const names = [...new Set(rows.flatMap(({ factors }) => Object.keys(factors)))].filter((name) => name !== axis);
  return names.filter((name) =>
    rows.some((row) =>
      rows.some(
        (other) =>
          other.target === row.target &&
          other.factors[axis] === row.factors[axis] &&
          other.factors[name] !== row.factors[name],
      ),
    ),
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
  readonly placeOf: (row: Row) => string | number;
}

function curveChart(curve: Curve): Chart {
  const { scenario, axis, group, metric, rows, placeOf } = curve;
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
          const row = rows.find((one) => one.target === target && String(placeOf(one)) === at);
          return estimateText(row?.values[metric.id], metric);
        }),
      ]),
    },
  };
}

/** Where each value of the factor is on the axis: numbers by size, names in order of appearance. */
function positionsOf({ rows, placeOf }: Curve): ReadonlyMap<string, number> {
  const values = [...new Set(rows.map(placeOf))];
  const numeric = values.filter((value) => typeof value === 'number');
  if (numeric.length < values.length) return new Map(values.map((value, index) => [String(value), index]));
  return new Map(numeric.toSorted((a, b) => a - b).map((value) => [String(value), value]));
}

/** A point of a curve: where it is, its value and its interval. */
interface Cell {
  readonly row: Row;
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function option({ rows, axis, metric, palette, placeOf }: Curve, positions: ReadonlyMap<string, number>): ChartOption {
  const targets = [...new Set(rows.map(({ target }) => target))];
  const cells = rows.flatMap((row): readonly Cell[] => {
    const { value, low, high } = row.values[metric.id] ?? { value: null, low: null, high: null };
    const x = positions.get(String(placeOf(row)));
    return value === null || x === undefined ? [] : [{ row, x, value, low: low ?? value, high: high ?? value }];
  });
  const all = cells.flatMap(({ value, low, high }) => [value, low, high]);
  const wide = Math.max(...all) > 20 * Math.min(...all) && Math.min(...all) > 0;
  const range = wide ? { type: 'log', ...logRange(all) } : { type: 'value', min: 0 };
  return {
    grid: { left: 52, right: 24, top: 28, bottom: 44 },
    xAxis: xAxis(axis, positions),
    yAxis: unitAxis(metric.unit, range),
    series: targets.flatMap((target) => {
      const own = cells.filter(({ row }) => row.target === target).toSorted((a, b) => a.x - b.x);
      return [whiskers(own, palette.of(target)), line(own, palette.of(target))];
    }),
  };
}

function line(cells: readonly Cell[], { colour, symbol, dash }: Look): object {
  const hollow = { color: 'var(--paper)', borderColor: colour, borderWidth: 2 };
  const data = cells.map(({ row, x, value }) => {
    const itemStyle = row.verdict === 'VALID' ? { color: colour } : hollow;
    return { value: [x, value], itemStyle };
  });
  const lineStyle = { color: colour, width: 2, type: dash };
  return { type: 'line', silent: true, symbol, symbolSize: 8, itemStyle: { color: colour }, lineStyle, data };
}

function xAxis(name: string, positions: ReadonlyMap<string, number>): object {
  const places = [...positions.values()];
  const [least, most] = [Math.min(...places), Math.max(...places)];
  const names = new Map([...positions].map(([text, place]) => [place, text]));
  const room = (most - least) * 0.05 || 1;
  const log = least > 0 && most / least > 8;
  const range = log
    ? { type: 'log', min: least / 1.25, max: most * 1.25 }
    : { type: 'value', min: least - room, max: most + room };
  // The logarithm and back is not exact, so the nearest name is meant.
  return namedAxis(name, { ...range, ...ticksAt(places, (value) => nearest(names, value)) });
}

function nearest(names: ReadonlyMap<number, string>, value: number): string {
  const [closest] = [...names].toSorted(([a], [b]) => Math.abs(a - value) - Math.abs(b - value));
  return closest?.[1] ?? valueText(value, { unit: 'count' });
}

interface WhiskerApi {
  value: (dimension: number) => number;
  coord: (point: readonly [number, number]) => readonly [number, number];
}

/** The intervals of a curve: lines with short ends. */
function whiskers(cells: readonly Cell[], { colour }: Look): object {
  const style = { stroke: colour, lineWidth: 1.25 };
  const stroke = (x1: number, y1: number, x2: number, y2: number) => {
    return { type: 'line', shape: { x1, y1, x2, y2 }, style };
  };
  const renderItem = (_: unknown, api: WhiskerApi) => {
    const [x, low] = api.coord([api.value(0), api.value(1)]);
    const [, high] = api.coord([api.value(0), api.value(2)]);
    const ends = [low, high].map((y) => stroke(x - 4, y, x + 4, y));
    return { type: 'group', children: [stroke(x, low, x, high), ...ends] };
  };
  const data = cells.map(({ x, low, high }) => [x, low, high]);
  return { type: 'custom', silent: true, renderItem, encode: { x: 0, y: [1, 2] }, data };
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}
