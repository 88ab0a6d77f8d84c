import uPlot from 'uplot';
import type { Bins } from '../data/bins.js';
import { Column, perRow } from '../data/column.js';
import { pixelRatio, write } from './canvas.js';
import type { Drawing } from './chart.js';
import { nameRow, remark, rowAxis, rowBox, shadeRow } from './rows.js';
import { heapLines } from '../data/heap-text.js';
import { msPerPixel, type Scene, TEXT_PX, visible } from './scene.js';

const ROW_PX = 38;
const NARROW_ROW_PX = 46;
const AXIS_PX = 32;
/** A single token's tick is at least so high, as a share of the row. */
const LOWEST = 0.22;

/**
 * A row for the model's timetable and one for each pane, with a tick where tokens came: the higher, the more came together.
 * Heights grow with the square root, so that one token can still be seen beside a heap of a hundred.
 */
export function arrivalsDrawing(): Drawing {
  const columnsOf = perRow(() => [new Column(), new Column()] as const);
  return {
    downwards: true,
    height: (scene) => AXIS_PX + (scene.view.rows.length + 1) * (scene.narrow ? NARROW_ROW_PX : ROW_PX),
    axis: rowAxis,
    series: (scene) => [
      { fill: () => scene.palette.muted, width: 0, paths: ticks(scene, 0), points: { show: false } },
      ...scene.view.rows.map(({ track }, index) => ({
        fill: () => scene.palette.mode[track.record.mode],
        width: 0,
        paths: ticks(scene, index + 1),
        points: { show: false },
      })),
    ],
    data: (scene) => {
      const { rows, reference } = scene.view;
      const sources = [reference?.track.due, ...rows.map(({ track }) => track.arrivals)];
      return {
        y: [0, rows.length + 1],
        columns: sources.map((bins, row) => fill(scene, bins, columnsOf(row))),
      };
    },
    under: (plot, scene) => scene.view.rows.forEach((row, index) => shadeRow(plot, scene, index + 1, row)),
    over: (plot, scene) => label(plot, scene),
  };
}

function fill(scene: Scene, bins: Bins | undefined, [seconds, most]: readonly [Column, Column]): Float64Array[] {
  seconds.clear();
  most.clear();
  const origin = scene.view.originMs ?? 0;
  if (bins) {
    const level = bins.levelFor(msPerPixel(scene));
    const { from, to } = visible(level, origin, scene.range);
    for (let index = from; index < to; index += 1) {
      seconds.push((level.at.at(index) - origin) / 1000);
      most.push(level.most.at(index));
    }
  }
  return [seconds.view(), most.view()];
}

/** The heap that fills a row: half as large again as the largest usual one. Rare ones are cut off; their number is written. */
function fullHeap({ view }: Scene): number {
  return Math.max(4, ...view.rows.map(({ track }) => 1.5 * track.usual));
}

function ticks(scene: Scene, row: number): uPlot.Series.PathBuilder {
  return (plot, series) => {
    const path = new Path2D();
    const [seconds, most] = plot.data[series] as unknown as readonly [Float64Array, Float64Array];
    const { base, height } = rowBox(plot, row, scene);
    const wide = Math.max(1, Math.round((scene.narrow ? 1 : 1.5) * pixelRatio()));
    const full = fullHeap(scene);
    // Ticks of the same height that touch become one rectangle: a quick stream has as many ticks as the plot has pixels.
    let [from, end, high] = [0, Number.NEGATIVE_INFINITY, 0];
    for (let index = 0; index < seconds.length; index += 1) {
      const x = Math.round(plot.valToPos(seconds[index] ?? 0, 'x', true));
      const share = Math.max(LOWEST, Math.sqrt((most[index] ?? 0) / full));
      const own = Math.round(height * Math.min(1, share));
      if (x > end || own !== high) {
        if (high > 0) path.rect(from, base - high, end - from, high);
        [from, high] = [x, own];
      }
      end = x + wide;
    }
    if (high > 0) path.rect(from, base - high, end - from, high);
    return { fill: path };
  };
}

function label(plot: uPlot, scene: Scene): void {
  const { palette, view } = scene;
  nameRow(plot, scene, 0, 'Model', palette.muted);
  if (!view.reference) remark(plot, scene, 0, ['timetable', 'not known yet'], palette.muted);
  view.rows.forEach(({ pane, track }, index) => {
    const row = index + 1;
    nameRow(plot, scene, row, pane.title, palette.mode[track.record.mode]);
    if (track.largest > 0) remark(plot, scene, row, heapLines(track.usual, track.largest), palette.muted);
    countHeaps(plot, scene, row);
  });
}

/** `×12` at heaps, where there is room for it. */
function countHeaps(plot: uPlot, scene: Scene, row: number): void {
  const [seconds, most] = plot.data[row + 1] as unknown as readonly [Float64Array, Float64Array];
  const ratio = pixelRatio();
  const { top } = rowBox(plot, row, scene);
  const room = 34 * ratio;
  const end = plot.bbox.left + plot.bbox.width;
  const style = { color: scene.palette.ink, px: TEXT_PX - 2, halo: scene.palette.raised };
  for (let index = 0; index < seconds.length; index += 1) {
    const count = most[index] ?? 0;
    const x = plot.valToPos(seconds[index] ?? 0, 'x', true);
    const nextX = index + 1 < seconds.length ? plot.valToPos(seconds[index + 1] ?? 0, 'x', true) : end;
    if (count < 2 || nextX - x < room || x < plot.bbox.left) continue;
    write(plot, scene.palette, `×${count}`, x + 4 * ratio, top + 6 * ratio, style);
  }
}
