import { short } from '../../../compare/numbers.js';
import { listText } from '../../format.js';
import type { Row, ScenarioReport } from '../../model.js';
import type { Heading } from '../../tables.js';
import type { Palette } from '../palette.js';
import type { ChartOption } from '../svg.js';
import { logRange, namedAxis, slug, ticksAt, unitAxis, type Chart } from './chart.js';

/** Percentiles that the axis and the table name. */
const NAMED = [0, 25, 50, 75, 90, 95, 99] as const;
/** Points of a scenario that get a chart of their own; the others are in the tables. */
const MOST_CHARTS = 3;

/** Share of values beyond the percentile, as powers of ten: the tail gets as much room as the middle. */
function place(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

/** Distributions of D, for the first points of a scenario that have them. Scenarios with an axis have a curve instead. */
export function distributionCharts(scenario: ScenarioReport, palette: Palette): readonly Chart[] {
  if (scenario.axis !== null) return [];
  const rows = scenario.rows.filter(
    ({ verdict, deliveryPercentilesMs }) => verdict !== 'INVALID' && deliveryPercentilesMs.length === 101,
  );
  const points = [...new Set(rows.map(({ point }) => point))];
  if (points.length > MOST_CHARTS) return [];
  return points.map((point) => {
    const own = rows.filter((row) => row.point === point);
    return distributionChart(scenario, point, own, palette);
  });
}

const at = ({ deliveryPercentilesMs }: Row, percentile: number): number =>
  deliveryPercentilesMs[percentile] ?? Number.NaN;

function distributionChart(scenario: ScenarioReport, point: string, rows: readonly Row[], palette: Palette): Chart {
  const medians = rows.map((row) => `${row.target} ${short(at(row, 50))}, ${short(at(row, 99))} ms`);
  const invalid = rows.filter(({ verdict }) => verdict !== 'VALID').map(({ target }) => target);
  const unfit = invalid.length === 0 ? '' : ` Not valid, so not to be compared: ${listText(invalid)}.`;
  return {
    id: `distribution-${slug(scenario.name)}-${slug(point)}`,
    title: `Delivery latency D of all tokens${point === '' ? '' : `, ${point}`}`,
    caption: `Each line is one target: the share of tokens that came within that time. Lower is better; both axes stretch what is rare and what is small.${unfit}`,
    alternative: `D at the 50th and the 99th percentile: ${listText(medians)}.`,
    legend: rows.map(({ target }) => target),
    height: (width) => (width < 500 ? 300 : 380),
    option: () => option(rows, palette),
    table: {
      headings: [
        { text: 'target', unit: '', align: 'left' },
        ...[...NAMED.map((percentile) => `p${percentile}`), 'largest'].map(milliseconds),
      ],
      rows: rows.map((row) => [row.target, ...[...NAMED, 100].map((percentile) => short(at(row, percentile)))]),
    },
  };
}

function milliseconds(text: string): Heading {
  return { text, unit: 'ms', align: 'right' };
}

function option(rows: readonly Row[], palette: Palette): ChartOption {
  const { min, max } = logRange(rows.flatMap(({ deliveryPercentilesMs }) => deliveryPercentilesMs.slice(1, 100)));
  const ticks = ticksAt(NAMED.map(place), (value) => `p${Math.round(100 * (1 - 10 ** -value))}`);
  const percentiles = Array.from({ length: 100 }, (_, percentile) => percentile);
  return {
    grid: { left: 48, right: 20, top: 28, bottom: 44 },
    xAxis: namedAxis('percentile', { type: 'value', min: 0, max: 2, ...ticks }),
    yAxis: unitAxis('ms', { type: 'log', min, max }),
    series: rows.map((row) => {
      const { colour, dash } = palette.of(row.target);
      return {
        type: 'line',
        silent: true,
        symbol: 'none',
        itemStyle: { color: colour },
        lineStyle: { color: colour, width: row.kind === 'ours' ? 2.5 : 1.5, type: dash },
        data: percentiles.map((percentile) => [place(percentile), Math.max(at(row, percentile), min)]),
      };
    }),
  };
}
