import { short } from '../../../compare/numbers.js';
import { percentile } from '../../../statistics/percentile.js';
import { listText } from '../../format.js';
import type { ReplayLane } from '../../model.js';
import type { Palette } from '../palette.js';
import { AXIS, tick, type Chart } from './chart.js';

const STRIP = 62;
const TOP = 8;
const BOTTOM = 44;

/** Time since the token before, for each token of a lane; the first has none. */
export function gapsOf({ arrivalsMs }: ReplayLane): readonly number[] {
  return arrivalsMs.slice(1).map((arrival, index) => arrival - (arrivalsMs[index] ?? arrival));
}

/** Inter-token latency over time, a strip for each lane of the replay. Null without a replay. */
export function itlChart(lanes: readonly ReplayLane[], palette: Palette): Chart | null {
  if (lanes.length === 0) return null;
  const most = Math.max(...lanes.flatMap(gapsOf), 1);
  const end = Math.max(...lanes.map(({ arrivalsMs }) => arrivalsMs.at(-1) ?? 0)) / 1000;
  const longest = lanes.map((lane) => `${lane.target} ${short(Math.max(...gapsOf(lane)))} ms`);
  return {
    id: 'itl',
    title: 'Gaps between tokens, over time',
    caption:
      'Each stem is a token: when it came, and how long after the one before. Tokens that come together have no gap, so heaps show as few tall stems. A short gap is no speed: read D.',
    alternative: `The longest gap: ${listText(longest)}.`,
    legend: [],
    height: () => lanes.length * STRIP + TOP + BOTTOM,
    option: ({ width }) => {
      const left = 44;
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
          ...{ type: 'value', gridIndex, min: 0, max: most, interval: most },
          axisLabel: {
            ...AXIS.axisLabel,
            fontSize: 10,
            formatter: (value: number) => (value === 0 ? '0' : `${short(value)}`),
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
        const together = gaps.filter((gap) => gap < 0.05).length;
        return [lane.target, ...[50, 95, 100].map((p) => short(percentile(gaps, p))), String(together)];
      }),
    },
  };
}

/** One path of stems: down, up, a hole. Thousands of shapes would be a hundred times as large. */
function stems(lane: ReplayLane, index: number, palette: Palette): object {
  const gaps = gapsOf(lane);
  const data = lane.arrivalsMs.slice(1).flatMap((arrival, token) => {
    const at = Number((arrival / 1000).toFixed(4));
    const gap = gaps[token] ?? 0;
    return gap < 0.05
      ? []
      : [
          [at, 0],
          [at, gap],
          [at, null],
        ];
  });
  return {
    ...{ type: 'line', silent: true, symbol: 'none', connectNulls: false, xAxisIndex: index, yAxisIndex: index, data },
    lineStyle: { color: palette.of(lane.target).colour, width: 1.5 },
  };
}
