import uPlot from 'uplot';
import type { Bins } from '../data/bins.js';
import { Column, perRow } from '../data/column.js';
import type { Drawing } from './chart.js';
import { labelEnds } from './end-labels.js';
import { showLatency } from './latency-arrow.js';
import { DASHES } from './palette.js';
import { marginsOf, msPerPixel, type Scene, TEXT_PX, visible } from './scene.js';

const WIDE_PX = 260;
const NARROW_PX = 220;
/** Width of the smallest steps: finer, a dashed line cannot show them, and takes long to draw. */
const STEP_PX = 2;

/**
 * Tokens so far, over time: a stairway for each pane, and the model's own as a broad line behind them. How far a stairway is
 * to the right of that line is the delivery latency; how far it is below, the tokens that wait.
 */
export function stepsDrawing(): Drawing {
  const columnsOf = perRow(() => [new Column(), new Column()] as const);
  const paths = uPlot.paths.stepped!({ align: 1 });
  return {
    height: ({ narrow }) => (narrow ? NARROW_PX : WIDE_PX),
    axis: tokenAxis,
    series: (scene) => [
      { stroke: () => scene.palette.muted, alpha: 0.35, width: 7, paths, points: { show: false } },
      ...scene.view.rows.map(({ track }) => ({
        stroke: () => scene.palette.mode[track.record.mode],
        width: 1.75,
        dash: [...DASHES[track.record.mode]],
        paths,
        points: { show: false },
      })),
    ],
    data: (scene) => {
      const { rows, reference } = scene.view;
      const due = fill(scene, reference?.track.due, undefined, columnsOf(0));
      const curves = rows.map(({ track }, index) =>
        fill(scene, track.arrivals, track.record.endMs ?? scene.view.nowMs, columnsOf(index + 1)),
      );
      return { y: limits([due, ...curves]), columns: [due, ...curves] };
    },
    over: (plot, scene) => {
      showLatency(plot, scene);
      if (!scene.narrow) labelEnds(plot, scene);
    },
  };
}

function tokenAxis(scene: Scene): uPlot.Axis {
  return {
    scale: 'y',
    size: marginsOf(scene.narrow).left,
    stroke: () => scene.palette.muted,
    font: `${TEXT_PX}px ${scene.palette.font}`,
    grid: { stroke: () => scene.palette.line, width: 1 },
    ticks: { show: false },
    incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
    space: 34,
    values: (_, splits) => splits.map(String),
  };
}

/** The stairs in view, from where the first of them began, up to `untilMs`. */
function fill(
  scene: Scene,
  bins: Bins | undefined,
  untilMs: number | undefined,
  [seconds, totals]: readonly [Column, Column],
): Float64Array[] {
  seconds.clear();
  totals.clear();
  const origin = scene.view.originMs ?? 0;
  if (bins && bins.heaps.at.length > 0) {
    const level = bins.levelFor(msPerPixel(scene) * STEP_PX);
    const { from, to } = visible(level, origin, scene.range);
    if (from === 0) {
      seconds.push((level.at.at(0) - origin) / 1000);
      totals.push(0);
    }
    for (let index = from; index < to; index += 1) {
      seconds.push((level.at.at(index) - origin) / 1000);
      totals.push(level.total.at(index));
    }
    if (untilMs !== undefined && to === level.at.length) {
      seconds.push(Math.max(seconds.last, (untilMs - origin) / 1000));
      totals.push(totals.last);
    }
  }
  return [seconds.view(), totals.view()];
}

/** What is in view fills the height. */
function limits(curves: readonly Float64Array[][]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = 1;
  for (const [, totals] of curves) {
    if (!totals || totals.length === 0) continue;
    low = Math.min(low, totals[0] ?? 0);
    high = Math.max(high, totals.at(-1) ?? 0);
  }
  if (!Number.isFinite(low)) low = 0;
  const room = Math.max(1, (high - low) * 0.04);
  return [low === 0 ? 0 : low - room, high + room];
}
