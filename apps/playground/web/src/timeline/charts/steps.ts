import uPlot from 'uplot';
import type { Bins } from '../data/bins.js';
import { Column } from '../data/column.js';
import { durationText } from '../data/duration.js';
import { pixelRatio, write } from './canvas.js';
import type { Drawing } from './chart.js';
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
  const columns = new Map<number, readonly [Column, Column]>();
  const columnsOf = (row: number): readonly [Column, Column] => {
    let pair = columns.get(row);
    if (!pair) columns.set(row, (pair = [new Column(), new Column()]));
    return pair;
  };
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

/** Names the stairways where they leave the plot, moved apart so that all can be read. */
function labelEnds(plot: uPlot, scene: Scene): void {
  const { palette, view } = scene;
  const ratio = pixelRatio();
  const { left, top, width, height } = plot.bbox;
  const named = [
    { text: 'Model', color: palette.muted },
    ...view.rows.map(({ pane, track }) => ({ text: pane.title, color: palette.mode[track.record.mode] })),
  ];
  const labels = named.flatMap(({ text, color }, index) => {
    const [seconds, totals] = plot.data[index + 1] as unknown as readonly [Float64Array, Float64Array];
    const last = totals.at(-1);
    if (last === undefined) return [];
    const from = Math.min(left + width, plot.valToPos(seconds.at(-1) ?? 0, 'x', true));
    return [{ text, color, from, at: plot.valToPos(last, 'y', true), y: 0 }];
  });
  // From the top down, ties in the order of the panes.
  labels.sort((one, other) => one.at - other.at);
  const step = (TEXT_PX + 3) * ratio;
  let next = top + step / 2;
  const lowest = top + height - step * (labels.length - 0.5);
  labels.forEach((label, index) => {
    label.y = Math.min(Math.max(next, label.at - step), lowest + step * index);
    next = label.y + step;
  });
  for (const { text, color, from, at, y } of labels) {
    lead(plot, color, from, at, left + width + 12 * ratio, y);
    write(plot, palette, text, left + width + 16 * ratio, y, { color, px: TEXT_PX, bold: true });
  }
}

/** A thin line from the end of a stairway to its name. */
function lead(plot: uPlot, color: string, fromX: number, fromY: number, toX: number, toY: number): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.globalAlpha = 0.5;
  ctx.lineWidth = pixelRatio();
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(Math.max(fromX, bbox.left + bbox.width), fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
  ctx.restore();
}

/** Measures the latest step in view, from when its first token was due to when it came. */
function showLatency(plot: uPlot, scene: Scene): void {
  const step = latestStep(scene);
  if (!step) return;
  const ratio = pixelRatio();
  const origin = scene.view.originMs ?? 0;
  const from = plot.valToPos((step.dueMs - origin) / 1000, 'x', true);
  const to = plot.valToPos((step.atMs - origin) / 1000, 'x', true);
  const y = plot.valToPos(step.token, 'y', true);
  if (to - from < 18 * ratio || from < plot.bbox.left || y < plot.bbox.top) return;
  const { ctx } = plot;
  const color = scene.palette.ink;
  const head = 4 * ratio;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.5 * ratio;
  ctx.beginPath();
  ctx.moveTo(from, y);
  ctx.lineTo(to, y);
  for (const [x, way] of [
    [from, 1],
    [to, -1],
  ] as const) {
    ctx.moveTo(x + way * head, y - head);
    ctx.lineTo(x, y);
    ctx.lineTo(x + way * head, y + head);
  }
  ctx.stroke();
  ctx.restore();
  const text = `${durationText(step.atMs - step.dueMs)} late`;
  // Behind the arrow; at the right edge, before it.
  const room = plot.bbox.left + plot.bbox.width - to > 90 * ratio;
  const style = { color, px: TEXT_PX, bold: true, halo: scene.palette.panel, align: room ? 'left' : 'right' } as const;
  write(plot, scene.palette, text, room ? to + 6 * ratio : from - 6 * ratio, y + (room ? 9 : 0) * ratio, style);
}

interface Step {
  /** Number of the token that waited longest in this step. */
  readonly token: number;
  readonly dueMs: number;
  readonly atMs: number;
}

/** The step in view that came latest, of the row that is latest as a whole. */
function latestStep(scene: Scene): Step | undefined {
  const { view, range, latest } = scene;
  if (!latest) return undefined;
  const { arrivals, due } = latest.track;
  const level = arrivals.levelFor(msPerPixel(scene));
  const { from, to } = visible(level, view.originMs ?? 0, range);
  const endMs = (view.originMs ?? 0) + range.toMs;
  let found: Step | undefined;
  for (let index = from; index < to; index += 1) {
    const atMs = level.at.at(index);
    const token = (index === 0 ? 0 : level.total.at(index - 1)) + 1;
    const dueIndex = due.heaps.total.firstAbove(token - 1);
    if (atMs > endMs || dueIndex >= due.heaps.at.length) break;
    const dueMs = due.heaps.at.at(dueIndex);
    if (!found || atMs - dueMs > found.atMs - found.dueMs) found = { token, dueMs, atMs };
  }
  return found;
}
