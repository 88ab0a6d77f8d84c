import uPlot from 'uplot';
import type { Level } from '../data/bins.js';
import { Column, perRow } from '../data/column.js';
import { durationText } from '../data/duration.js';
import { pixelRatio, write } from './canvas.js';
import type { Drawing } from './chart.js';
import { nameRow, type RowBox, rowAxis, rowBox } from './rows.js';
import { msPerPixel, type Scene, TEXT_PX, visible } from './scene.js';

const ROW_PX = 68;
const NARROW_ROW_PX = 76;
const GAP_PX = 9;
const AXIS_PX = 32;
const DECADES = [1, 10, 100, 1_000, 10_000, 100_000];

type Four = readonly [Column, Column, Column, Column];
type Columns4 = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * Inter-token latency over time, a row for each pane. The scale is logarithmic above a millisecond and has a zero, on which
 * are the tokens that came together with another one.
 */
export function itlDrawing(): Drawing {
  const columnsOf = perRow((): Four => [new Column(), new Column(), new Column(), new Column()]);
  return {
    downwards: true,
    height: (scene) => AXIS_PX + Math.max(1, scene.view.rows.length) * (scene.narrow ? NARROW_ROW_PX : ROW_PX),
    axis: rowAxis,
    series: (scene) =>
      scene.view.rows.map(({ track }, row) => ({
        fill: () => scene.palette.mode[track.record.mode],
        width: 0,
        paths: dots(scene, row),
        points: { show: false },
      })),
    data: (scene) => ({
      y: [0, Math.max(1, scene.view.rows.length)],
      columns: scene.view.rows.map(({ track }, row) =>
        fill(scene, track.arrivals.levelFor(msPerPixel(scene)), columnsOf(row)),
      ),
    }),
    under: (plot, scene) => scene.view.rows.forEach((_, row) => grid(plot, scene, row)),
    over: (plot, scene) =>
      scene.view.rows.forEach(({ pane, track }, row) =>
        nameRow(plot, scene, row, pane.title, scene.palette.mode[track.record.mode]),
      ),
  };
}

function fill(scene: Scene, level: Level, [seconds, shortest, longest, most]: Four): Float64Array[] {
  for (const column of [seconds, shortest, longest, most]) column.clear();
  const origin = scene.view.originMs ?? 0;
  const { from, to } = visible(level, origin, scene.range);
  for (let index = from; index < to; index += 1) {
    seconds.push((level.at.at(index) - origin) / 1000);
    shortest.push(level.shortest.at(index));
    longest.push(level.longest.at(index));
    most.push(level.most.at(index));
  }
  return [seconds, shortest, longest, most].map((column) => column.view());
}

/** The power of ten at the top: the first that nothing is above, 100 ms at least. */
function topOf({ view }: Scene): number {
  const max = Math.max(...view.rows.map(({ track }) => track.itl.max ?? 0), 0);
  return DECADES.find((decade) => decade >= 100 && decade >= max) ?? DECADES.at(-1)!;
}

function heightOf(ms: number, { base, height }: RowBox, top: number): number {
  return base - (Math.asinh(Math.max(0, ms)) / Math.asinh(top)) * height;
}

/**
 * A dot for one gap, a bar from the shortest to the longest for those that are no dot's width apart, and dots on the zero for
 * heaps.
 */
function dots(scene: Scene, row: number): uPlot.Series.PathBuilder {
  return (plot, series) => {
    const path = new Path2D();
    const [seconds, shortest, longest, most] = plot.data[series] as unknown as Columns4;
    const box = rowBox(plot, row, scene, GAP_PX);
    const top = topOf(scene);
    const dot = Math.max(2, Math.round(2.5 * pixelRatio()));
    const half = dot / 2;
    let index = 0;
    while (index < seconds.length) {
      const x = Math.round(plot.valToPos(seconds[index] ?? 0, 'x', true) - half);
      const untilSeconds = plot.posToVal(x + half + dot, 'x', true);
      let [low, high, heap] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false];
      do {
        // The first heap has no gap before it: comparisons with NaN are false.
        if ((shortest[index] ?? 0) < low) low = shortest[index] ?? 0;
        if ((longest[index] ?? 0) > high) high = longest[index] ?? 0;
        heap ||= (most[index] ?? 0) > 1;
        index += 1;
      } while ((seconds[index] ?? Number.POSITIVE_INFINITY) < untilSeconds);
      if (low <= high) {
        const from = heightOf(high, box, top) - half;
        path.rect(x, from, dot, heightOf(low, box, top) + half - from);
      }
      if (heap) path.rect(x, box.base - half, dot, dot);
    }
    return { fill: path };
  };
}

function grid(plot: uPlot, scene: Scene, row: number): void {
  const { ctx, bbox } = plot;
  const { palette } = scene;
  const box = rowBox(plot, row, scene, GAP_PX);
  const ratio = pixelRatio();
  const top = topOf(scene);
  const end = bbox.left + bbox.width;
  ctx.save();
  ctx.strokeStyle = palette.line;
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.beginPath();
  for (const ms of [0, ...DECADES.filter((decade) => decade <= top && decade >= 10)]) {
    const y = Math.round(heightOf(ms, box, top)) + 0.5;
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(end, y);
    const text = ms === 0 ? '0' : ms >= 1000 ? `${ms / 1000} s` : durationText(ms);
    const style = { color: palette.muted, px: TEXT_PX - 2 };
    if (!scene.narrow) write(plot, palette, text, end + 6 * ratio, y, style);
    else if (ms > 0) write(plot, palette, text, bbox.left - 4 * ratio, y, { ...style, align: 'right' });
  }
  ctx.stroke();
  ctx.restore();
}
