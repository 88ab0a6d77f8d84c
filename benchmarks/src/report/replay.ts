import type { Manifest, TraceSummary } from '../raw/manifest.js';
import { timesOf } from '../raw/times.js';
import { percentile } from '../statistics/percentile.js';
import { textsOf } from '../trace/trace.js';
import type { TrialData } from './collect.js';
import type { ReplayLane } from './model.js';
import type { BuiltRow } from './rows.js';

/** The scenario whose arrivals are played. */
export const REPLAYED = 'steady';

/**
 * Stream 0 of the median block of each target: the block whose median D is the middle one (the lower one of two), or
 * the first block where there is no D. Chosen by a rule, so that nobody picks a pretty one.
 */
export function replayOf(rows: readonly BuiltRow[], { traces }: Manifest): readonly ReplayLane[] {
  const point = rows[0]?.row.point;
  return rows
    .filter(({ row }) => row.point === point && row.verdict !== 'INVALID')
    .flatMap(({ row, trials }) => {
      const stream = medianTrial(trials)?.first;
      const trace = stream && traces[stream.trace];
      if (!stream || !trace) return [];
      const { arrivalsUs, dueUs } = timesOf(stream, trace.offsetsUs);
      return {
        target: row.target,
        kind: row.kind,
        tokens: wordsOf(trace).slice(0, arrivalsUs.length),
        arrivalsMs: arrivalsUs.map(toMs),
        dueMs: stream.dueStartUs === null ? [] : dueUs.map(toMs),
      };
    });
}

/** What a recorded answer says is in no report: its tokens are shown as marks. */
const MARK = '▪ ';

function wordsOf({ seed, tokens }: TraceSummary): readonly string[] {
  return seed === null ? Array.from({ length: tokens }, () => MARK) : textsOf(seed, tokens);
}

function medianTrial(trials: readonly TrialData[]): TrialData | undefined {
  const medians = trials.map(({ series }) => percentile(series.get('delivery') ?? [], 50));
  const middle = percentile(medians.filter(Number.isFinite), 50);
  return trials[Math.max(0, medians.indexOf(middle))];
}

function toMs(us: number): number {
  return us / 1000;
}
