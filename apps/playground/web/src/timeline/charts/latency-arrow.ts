import type uPlot from 'uplot';
import { durationText } from '../data/duration.js';
import { pixelRatio, write } from './canvas.js';
import { msPerPixel, type Scene, TEXT_PX, visible } from './scene.js';

/** Measures the latest step in view, from when its first token was due to when it came. */
export function showLatency(plot: uPlot, scene: Scene): void {
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
