/** What part of the time is shown. Milliseconds since the race began. */
export type TimeWindow =
  /** From the beginning; grows in steps while the race runs. */
  | { readonly kind: 'whole' }
  /** The last part, so long; moves on. */
  | { readonly kind: 'follow'; readonly spanMs: number }
  /** Chosen by zoom or pan; stays. */
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number };

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The closest view: finer, a browser's clock shows nothing. */
export const MIN_SPAN_MS = 20;
const SHORTEST_WHOLE_MS = 2_000;
/** How much further each step of a growing view reaches, so that not every frame squeezes the picture. */
const GROWTH = 1.25;
/** Room behind the end, as a share, so that the last tick is not on the edge. */
const MARGIN = 1.02;

/** The part that is shown when the race has lasted `nowMs`. */
export function rangeOf(window: TimeWindow, nowMs: number, running: boolean): Range {
  switch (window.kind) {
    case 'fixed':
      return window;
    case 'follow': {
      const toMs = Math.max(nowMs, window.spanMs);
      return { fromMs: toMs - window.spanMs, toMs };
    }
    case 'whole': {
      if (!running) return { fromMs: 0, toMs: Math.max(nowMs, MIN_SPAN_MS) * MARGIN };
      let toMs = SHORTEST_WHOLE_MS;
      while (toMs < nowMs) toMs *= GROWTH;
      return { fromMs: 0, toMs };
    }
  }
}

/** Zooms by `factor` (below 1: closer) around `anchorMs`, which keeps its place. */
export function zoomed(range: Range, factor: number, anchorMs: number, nowMs: number): TimeWindow {
  const span = range.toMs - range.fromMs;
  const wanted = Math.max(MIN_SPAN_MS, span * factor);
  if (wanted >= Math.max(nowMs, SHORTEST_WHOLE_MS) * MARGIN) return { kind: 'whole' };
  const share = span > 0 ? (anchorMs - range.fromMs) / span : 0.5;
  return fixed(anchorMs - wanted * share, wanted, nowMs);
}

/** Moves by a share of what is seen; to the right if positive. */
export function panned(range: Range, share: number, nowMs: number): TimeWindow {
  const span = range.toMs - range.fromMs;
  return fixed(range.fromMs + span * share, span, nowMs);
}

/** A window that stays, kept inside of the race. */
export function fixed(fromMs: number, spanMs: number, nowMs: number): TimeWindow {
  const span = Math.max(MIN_SPAN_MS, spanMs);
  const from = Math.max(0, Math.min(fromMs, nowMs * MARGIN - span));
  return { kind: 'fixed', fromMs: from, toMs: from + span };
}
