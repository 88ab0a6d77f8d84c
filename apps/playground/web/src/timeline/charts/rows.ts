import type uPlot from 'uplot';
import type { Row } from '../data/race-view.js';
import { durationText } from '../data/duration.js';
import { band, pixelRatio, write } from './canvas.js';
import { marginsOf, type Scene, TEXT_PX } from './scene.js';

const GAP_PX = 4;

/** Where a row is, in canvas pixels. */
export interface RowBox {
  readonly top: number;
  readonly base: number;
  readonly height: number;
}

/** A row of a chart whose y axis counts rows downwards. When it is narrow, the top is left for the row's name. */
export function rowBox(plot: uPlot, row: number, scene: Scene, gapPx = GAP_PX): RowBox {
  const top = plot.valToPos(row, 'y', true);
  const bottom = plot.valToPos(row + 1, 'y', true);
  const ratio = pixelRatio();
  const inner = top + (scene.narrow ? TEXT_PX + 4 : gapPx) * ratio;
  const base = Math.round(bottom - gapPx * ratio);
  return { top: inner, base, height: base - inner };
}

/** An axis that only keeps the margin free: rows have their names written beside or above them. */
export function rowAxis(scene: Scene): uPlot.Axis {
  return {
    scale: 'y',
    size: marginsOf(scene.narrow).left,
    splits: () => [],
    grid: { show: false },
    ticks: { show: false },
  };
}

/** The name of a row: in the left margin, or at the top of the row. */
export function nameRow(plot: uPlot, scene: Scene, row: number, text: string, color: string): void {
  const ratio = pixelRatio();
  const { left } = plot.bbox;
  const style = { color, px: TEXT_PX, bold: true, halo: scene.palette.panel };
  if (scene.narrow) {
    write(plot, scene.palette, text, left + 4 * ratio, plot.valToPos(row, 'y', true) + 9 * ratio, style);
  } else {
    write(plot, scene.palette, text, left - 10 * ratio, plot.valToPos(row + 0.5, 'y', true), {
      ...style,
      align: 'right',
    });
  }
}

/** What a row says at its end: in the right margin, or at the top of the row. */
export function remark(plot: uPlot, scene: Scene, row: number, lines: readonly string[], color: string): void {
  const ratio = pixelRatio();
  const end = plot.bbox.left + plot.bbox.width;
  const style = { color, px: TEXT_PX - 1, halo: scene.palette.panel };
  if (scene.narrow) {
    const y = plot.valToPos(row, 'y', true) + 9 * ratio;
    write(plot, scene.palette, lines.join(' '), end - 2 * ratio, y, { ...style, align: 'right' });
    return;
  }
  const middle = plot.valToPos(row + 0.5, 'y', true);
  lines.forEach((line, index) => {
    const y = middle + (index - (lines.length - 1) / 2) * (TEXT_PX + 1) * ratio;
    write(plot, scene.palette, line, end + 8 * ratio, y, style);
  });
}

/** When a pane was reading, light; its stalls, hatched, with their length. */
export function shadeRow(plot: uPlot, scene: Scene, row: number, { track }: Row): void {
  const { view, palette } = scene;
  const origin = view.originMs ?? 0;
  const { startMs, endMs } = track.record;
  if (startMs === undefined) return;
  const { ctx } = plot;
  const box = rowBox(plot, row, scene);
  const seconds = (ms: number): number => (ms - origin) / 1000;
  const reading = band(plot, seconds(startMs), seconds(endMs ?? view.nowMs), box.top, box.height);
  if (!reading) return;
  ctx.save();
  ctx.fillStyle = palette.raised;
  ctx.fill(reading);
  for (const { fromMs, toMs } of track.stalls(view.nowMs)) {
    const silent = band(plot, seconds(fromMs), seconds(toMs), box.top, box.height);
    if (!silent) continue;
    hatch(plot, silent, palette.warn);
    const middle = plot.valToPos(seconds((fromMs + toMs) / 2), 'x', true);
    const wide = plot.valToPos(seconds(toMs), 'x', true) - plot.valToPos(seconds(fromMs), 'x', true);
    const text = `silent ${durationText(toMs - fromMs)}`;
    if (wide < 90 * pixelRatio()) continue;
    const style = { color: palette.warn, px: TEXT_PX, bold: true, align: 'center', halo: palette.panel } as const;
    write(plot, palette, text, middle, box.top + box.height / 2, style);
  }
  ctx.restore();
}

/** Oblique lines, so that a stall is one without colours, too. */
function hatch(plot: uPlot, area: Path2D, color: string): void {
  const { ctx, bbox } = plot;
  const ratio = pixelRatio();
  ctx.save();
  ctx.clip(area);
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = color;
  ctx.fill(area);
  ctx.globalAlpha = 0.6;
  ctx.strokeStyle = color;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  const { left, top, width, height } = bbox;
  for (let x = left - height; x < left + width; x += 7 * ratio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}
