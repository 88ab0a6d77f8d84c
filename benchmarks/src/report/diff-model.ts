import type { Estimate, Word } from './model.js';

/** One figure of two reports, side by side: the same metric of the same target at the same point of a scenario. */
export interface DiffRow {
  readonly scenario: string;
  readonly target: string;
  /** What was varied, as shown; empty when nothing was. */
  readonly point: string;
  /** Metric id. */
  readonly metric: string;
  readonly old: Estimate;
  readonly new: Estimate;
  /** new / old; null when one of them has no value, or the old one is 0. */
  readonly ratio: number | null;
  /** 95 % interval of the ratio; null with fewer than two blocks on a side. */
  readonly low: number | null;
  readonly high: number | null;
  /** New against old. `equivalent` and `inconclusive` are shown as `~`: nothing can be said. */
  readonly word: Word;
}
