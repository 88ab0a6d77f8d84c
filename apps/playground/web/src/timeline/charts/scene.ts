import type { Level } from '../data/bins.js';
import type { RaceView, Row } from '../data/race-view.js';
import type { Range } from '../data/time-window.js';
import type { Palette } from './palette.js';

/** What all charts of one picture have in common. Changed before each picture; charts keep no time of their own. */
export interface Scene {
  readonly view: RaceView;
  palette: Palette;
  /** What is shown, in milliseconds since the race began. */
  range: Range;
  /** Width of the plots without their margins, in CSS pixels. */
  plotWidth: number;
  /** Whether there is no room for labels beside the plots. */
  narrow: boolean;
  /** The row with the greatest delivery latency (p95), as of the last figures. */
  latest: Row | undefined;
}

/** Height of a text line in a chart, in CSS pixels. */
export const TEXT_PX = 12;

/** Margins left and right of the plots, in CSS pixels: the same in all charts, so that a moment is at the same place. */
export function marginsOf(narrow: boolean): { readonly left: number; readonly right: number } {
  return narrow ? { left: 46, right: 10 } : { left: 108, right: 116 };
}

/** Which bins of a level are to be drawn: those in view, one more before, and one after. */
export function visible(level: Level, originMs: number, range: Range): { readonly from: number; readonly to: number } {
  return {
    from: Math.max(0, level.at.firstAbove(originMs + range.fromMs) - 1),
    to: Math.min(level.at.length, level.at.firstAbove(originMs + range.toMs) + 1),
  };
}

export function msPerPixel({ range, plotWidth }: Scene): number {
  return (range.toMs - range.fromMs) / Math.max(1, plotWidth);
}
