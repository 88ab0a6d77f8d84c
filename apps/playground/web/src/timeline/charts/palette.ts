import { MODES, type Mode } from '@tokenwire/protocol';

/** The page's colours, as a canvas takes them. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly raised: string;
  readonly warn: string;
  readonly bad: string;
  readonly mode: Readonly<Record<Mode, string>>;
  readonly font: string;
}

/** Reads the style sheet's variables where `element` is. With forced colours, the system's own stand for all. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const forced = matchMedia('(forced-colors: active)').matches;
  const read = (name: string, system: string): string => (forced && system) || style.getPropertyValue(name).trim();
  return {
    ink: read('--ink', 'CanvasText'),
    muted: read('--muted', 'CanvasText'),
    line: read('--line', 'GrayText'),
    panel: read('--panel', 'Canvas'),
    raised: read('--raised', 'Canvas'),
    warn: read('--warn', 'Highlight'),
    bad: read('--bad', 'Highlight'),
    mode: Object.fromEntries(MODES.map((mode) => [mode, read(`--mode-${mode}`, 'CanvasText')])) as Record<Mode, string>,
    font: style.fontFamily,
  };
}

/** Lines differ by their dashes, too: lengths of line and gap in CSS pixels. */
export const DASHES: Readonly<Record<Mode, readonly number[]>> = {
  chunked: [],
  sse: [7, 3],
  websocket: [2, 3],
  'long-poll': [10, 3, 2, 3],
  'short-poll': [],
};
