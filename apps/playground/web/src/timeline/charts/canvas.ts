import uPlot from 'uplot';
import type { Palette } from './palette.js';

/** Canvas pixels per CSS pixel; uPlot follows the window. */
export function pixelRatio(): number {
  return uPlot.pxRatio;
}

export interface TextStyle {
  readonly color: string;
  readonly px: number;
  readonly bold?: boolean;
  readonly align?: CanvasTextAlign;
  /** Behind the text, so that it can be read on lines. */
  readonly halo?: string;
}

/** Writes on a chart; `x` and `y` (the middle of the line) in canvas pixels. */
export function write(plot: uPlot, palette: Palette, text: string, x: number, y: number, style: TextStyle): void {
  const { ctx } = plot;
  const ratio = pixelRatio();
  ctx.save();
  ctx.font = `${style.bold ? 600 : 400} ${style.px * ratio}px ${palette.font}`;
  ctx.textAlign = style.align ?? 'left';
  ctx.textBaseline = 'middle';
  if (style.halo) {
    ctx.strokeStyle = style.halo;
    ctx.lineWidth = 4 * ratio;
    ctx.lineJoin = 'round';
    ctx.strokeText(text, x, y);
  }
  ctx.fillStyle = style.color;
  ctx.fillText(text, x, y);
  ctx.restore();
}

/** A band over a part of the time, clipped to the plot; times in seconds, `top` and `height` in canvas pixels. */
export function band(plot: uPlot, from: number, to: number, top: number, height: number): Path2D | undefined {
  const { left, width } = plot.bbox;
  const start = Math.max(left, plot.valToPos(from, 'x', true));
  const end = Math.min(left + width, plot.valToPos(to, 'x', true));
  if (end <= start) return undefined;
  const path = new Path2D();
  path.rect(start, top, Math.max(1, end - start), height);
  return path;
}
