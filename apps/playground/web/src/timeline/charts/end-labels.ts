import type uPlot from 'uplot';
import { pixelRatio, write } from './canvas.js';
import { type Scene, TEXT_PX } from './scene.js';

/** Names the stairways where they leave the plot, moved apart so that all can be read. */
export function labelEnds(plot: uPlot, scene: Scene): void {
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
