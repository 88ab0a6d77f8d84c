import { short } from '../../../compare/numbers.js';
import { percentile } from '../../../statistics/percentile.js';
import { listText } from '../../format.js';
import type { ReplayLane } from '../../model.js';
import type { Palette } from '../palette.js';
import { AXIS, logRange, tick, type Chart } from './chart.js';

const STRIP = 62;
const TOP = 8;
const BOTTOM = 44;
/** Tokens that are less apart came together. Where the stems begin: the axis is logarithmic. */
const LEAST_MS = 1;

/** Time since the token before, for each token of a lane; the first has none. */
export function gapsOf({ arrivalsMs }: ReplayLane): readonly number[] {
  return arrivalsMs.slice(1).map((arrival, index) => arrival - (arrivalsMs[index] ?? arrival));
}

/** Inter-token latency over time, a strip for each lane of the replay. Null without a replay. */
export function itlChart(lanes: readonly ReplayLane[], palette: Palette): Chart | null {
  if (lanes.length === 0) return null;
  const { max } = logRange([...lanes.flatMap(gapsOf), 100]);
  const end = Math.max(...lanes.map(({ arrivalsMs }) => arrivalsMs.at(-1) ?? 0)) / 1000;
  const longest = lanes.map((lane) => `${lane.target} ${short(Math.max(...gapsOf(lane)))} ms`);
  return {
    id: 'itl',
    title: 'Gaps between tokens, over time',
    caption:
      'Each stem is a token: when it came, and how long after the one before. Tokens that come together have no gap and no stem, so heaps show as few tall ones. The scale is logarithmic. A short gap is no speed: read D.',
    alternative: `The longest gap: ${listText(longest)}.`,
    legend: [],
    height: () => lanes.length * STRIP + TOP + BOTTOM,
    option: ({ width }) => {
      const left = 58;
      const last = lanes.length - 1;
      return {
        title: lanes.map(({ target }, index) => ({
          ...{ text: target, left: left + 6, top: TOP + index * STRIP - 1, padding: 0 },
          textStyle: { color: 'var(--ink)', fontSize: 12, fontWeight: 'bold' },
        })),
        grid: lanes.map((_, index) => ({
          ...{ left, right: 20, top: TOP + index * STRIP + 16, height: STRIP - 22 },
        })),
        xAxis: lanes.map((_, gridIndex) => ({
          ...AXIS,
          ...{ type: 'value', gridIndex, min: 0, max: end, splitNumber: width < 500 ? 4 : 10 },
          ...{ name: gridIndex === last ? 'seconds after the request' : '', nameLocation: 'middle', nameGap: 26 },
          axisLabel: { ...AXIS.axisLabel, show: gridIndex === last, formatter: tick },
        })),
        yAxis: lanes.map((_, gridIndex) => ({
          ...AXIS,
          ...{ type: 'log', gridIndex, min: LEAST_MS, max },
          axisLabel: {
            ...AXIS.axisLabel,
            fontSize: 10,
            formatter: (value: number) => (value === 10 || value === max ? `${value} ms` : ''),
          },
        })),
        series: lanes.map((lane, index) => stems(lane, index, palette)),
      };
    },
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
  return {
    ...{ type: 'custom', silent: true, xAxisIndex: index, yAxisIndex: index, data: [[0, LEAST_MS]] },
    renderItem: (_: unknown, api: StemApi) => ({
      type: 'path',
      shape: { pathData: pathOf(api) },
      style: { stroke, fill: 'none', lineWidth: 1.5 },
    }),
  };
}
