import { short } from '../../../compare/numbers.js';
import { percentile } from '../../../statistics/percentile.js';
import { listText } from '../../format.js';
import type { ReplayLane } from '../../model.js';
import type { Palette } from '../palette.js';
import type { ChartOption } from '../svg.js';
import { AXIS, FONT_SIZE, logRange, namedAxis, tick, type Chart } from './chart.js';

const STRIP = 62;
const TOP = 8;
const BOTTOM = 44;
const LEFT = 58;
/** Tokens that are less apart came together. Where the stems begin: the axis is logarithmic. */
const LEAST_MS = 1;

/** Time since the token before, for each token of a lane; the first has none. */
export function gapsOf({ arrivalsMs }: ReplayLane): readonly number[] {
  return arrivalsMs.slice(1).map((arrival, index) => arrival - (arrivalsMs[index] ?? arrival));
}

/** Inter-token latency over time, a strip for each lane of the replay. Null without a replay. */
export function itlChart(lanes: readonly ReplayLane[], palette: Palette): Chart | null {
  if (lanes.length === 0) return null;
  const longest = lanes.map((lane) => `${lane.target} ${short(Math.max(...gapsOf(lane)))} ms`);
  return {
    id: 'itl',
    title: 'Gaps between tokens, over time',
    caption:
      'Each stem is a token: when it came, and how long after the one before. Tokens that come together have no gap and no stem, so heaps show as few tall ones. The scale is logarithmic. A short gap is no speed: read D.',
    alternative: `The longest gap: ${listText(longest)}.`,
    legend: [],
    height: () => lanes.length * STRIP + TOP + BOTTOM,
    option: ({ width }) => option(lanes, palette, width),
    table: {
      headings: [
        { text: 'target', unit: '', align: 'left' },
        ...['p50', 'p95', 'longest'].map((text) => ({ text, unit: 'ms', align: 'right' as const })),
        { text: 'tokens that came with the one before', unit: '', align: 'right' },
      ],
      rows: lanes.map((lane) => {
        const gaps = gapsOf(lane);
        const together = gaps.filter((gap) => gap <= LEAST_MS).length;
        return [lane.target, ...[50, 95, 100].map((p) => short(percentile(gaps, p))), String(together)];
      }),
    },
  };
}

function option(lanes: readonly ReplayLane[], palette: Palette, width: number): ChartOption {
  const { max } = logRange([...lanes.flatMap(gapsOf), 100]);
  const end = Math.max(...lanes.map(({ arrivalsMs }) => arrivalsMs.at(-1) ?? 0)) / 1000;
  const topOf = (index: number) => TOP + index * STRIP;
  const milliseconds = (value: number) => (value === 10 || value === max ? `${value} ms` : '');
  const textStyle = { color: 'var(--ink)', fontSize: FONT_SIZE, fontWeight: 'bold' };
  return {
    title: lanes.map(({ target: text }, index) => ({
      text,
      left: LEFT + 6,
      top: topOf(index) - 1,
      padding: 0,
      textStyle,
    })),
    grid: lanes.map((_, index) => ({ left: LEFT, right: 20, top: topOf(index) + 16, height: STRIP - 22 })),
    xAxis: lanes.map((_, gridIndex) => {
      const last = gridIndex === lanes.length - 1;
      const axisLabel = { ...AXIS.axisLabel, show: last, showMaxLabel: false, formatter: tick };
      const range = { type: 'value', min: 0, max: end, splitNumber: width < 500 ? 4 : 10 };
      return namedAxis(last ? 'seconds after the request' : '', { ...range, gridIndex, axisLabel });
    }),
    yAxis: lanes.map((_, gridIndex) => {
      const axisLabel = { ...AXIS.axisLabel, fontSize: 10, formatter: milliseconds };
      return { ...AXIS, type: 'log', gridIndex, min: LEAST_MS, max, axisLabel };
    }),
    series: lanes.map((lane, index) => stems(lane, index, palette)),
  };
}

interface StemApi {
  coord: (point: readonly [number, number]) => readonly [number, number];
}

/** All stems of a lane as one path: thousands of shapes would make the page a hundred times as large. */
function stems(lane: ReplayLane, index: number, palette: Palette): object {
  const gaps = gapsOf(lane);
  const stroke = palette.of(lane.target).colour;
  const pathOf = ({ coord }: StemApi) =>
    lane.arrivalsMs
      .slice(1)
      .flatMap((arrival, token) => {
        const gap = gaps[token] ?? 0;
        if (gap <= LEAST_MS) return [];
        const [x, foot] = coord([arrival / 1000, LEAST_MS]);
        const [, top] = coord([arrival / 1000, gap]);
        return `M${x.toFixed(1)} ${foot.toFixed(1)}V${top.toFixed(1)}`;
      })
      .join('');
  const style = { stroke, fill: 'none', lineWidth: 1.5 };
  const renderItem = (_: unknown, api: StemApi) => ({ type: 'path', shape: { pathData: pathOf(api) }, style });
  return { type: 'custom', silent: true, xAxisIndex: index, yAxisIndex: index, data: [[0, LEAST_MS]], renderItem };
}
