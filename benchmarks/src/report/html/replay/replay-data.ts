import type { ReplayLane } from '../../model.js';

/** A time in which a reader waited for a token that was due. Milliseconds after the request. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the player gets, as JSON. Times in whole tenths of a millisecond after the request. */
export interface ReplayData {
  /** When the last token of the slowest lane came. */
  readonly endMs: number;
  /** Tokens of the answers; lanes of one trace share them. */
  readonly texts: readonly (readonly string[])[];
  readonly lanes: readonly ReplayDataLane[];
}

export interface ReplayDataLane {
  readonly target: string;
  /** Index in `texts`. */
  readonly text: number;
  readonly arrivalsMs: readonly number[];
  readonly stalls: readonly Stall[];
}

/** A gap counts as a stall when it is longer than so many due gaps, */
const GAP_FACTOR = 3;
/** and at least as long as people notice; below it are the timers' own whole milliseconds. */
const GAP_LEAST_MS = 50;
/** And in any case when nothing new came for longer than this while a token was due. */
const WAIT_MOST_MS = 250;

/** The rule for stalls, in words. */
export const STALL_RULE = `A stall is a gap of more than ${GAP_FACTOR} times the due gap and at least ${GAP_LEAST_MS} ms, or more than ${WAIT_MOST_MS} ms without anything new while a token was due.`;

/** The stalls of a lane: from when the missing token was due, or the one before came, until it came. */
export function stallsOf({ arrivalsMs, dueMs }: Pick<ReplayLane, 'arrivalsMs' | 'dueMs'>): readonly Stall[] {
  return arrivalsMs.flatMap((arrival, index) => {
    const due = dueMs[index] ?? arrival;
    const before = arrivalsMs[index - 1];
    const fromMs = Math.max(before ?? 0, due);
    const waited = arrival - fromMs;
    const gap = before === undefined ? 0 : arrival - before;
    const dueGap = due - (dueMs[index - 1] ?? due);
    const long = gap > GAP_FACTOR * dueGap && gap >= GAP_LEAST_MS;
    return waited > WAIT_MOST_MS || (long && waited > 0) ? [{ fromMs, toMs: arrival }] : [];
  });
}

/** Packs the lanes for the player. */
export function replayData(lanes: readonly ReplayLane[]): ReplayData {
  const texts: (readonly string[])[] = [];
  const indexOf = new Map<string, number>();
  const packed = lanes.map((lane): ReplayDataLane => {
    const key = JSON.stringify(lane.tokens);
    const text = indexOf.get(key) ?? texts.push(lane.tokens) - 1;
    indexOf.set(key, text);
    const stalls = stallsOf(lane).map(({ fromMs, toMs }) => ({ fromMs: tenths(fromMs), toMs: tenths(toMs) }));
    return { target: lane.target, text, arrivalsMs: lane.arrivalsMs.map(tenths), stalls };
  });
  return { endMs: tenths(Math.max(0, ...lanes.map(({ arrivalsMs }) => arrivalsMs.at(-1) ?? 0))), texts, lanes: packed };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
