import type { Mode } from '@tokenwire/protocol';
import type { Incident } from '../../pane/pane-record.js';
import type { RaceView, Row } from './race-view.js';
import type { Spread } from './tally.js';

/** What the table says of a pane. Times in milliseconds since the race began. */
export interface Figures {
  readonly key: string;
  readonly title: string;
  readonly mode: Mode;
  readonly tokens: number;
  readonly itl: Spread;
  readonly latency: Spread;
  /** Tokens of the largest heap. */
  readonly largest: number;
  /** Tokens of the median heap. */
  readonly usual: number;
  readonly stalls: readonly { readonly atMs: number; readonly ms: number }[];
  readonly incidents: readonly Incident[];
  /** From asking to the end, or until now. */
  readonly lastedMs: number | undefined;
  readonly running: boolean;
}

/** Works out the figures of all panes: one pass over different durations, not over tokens. */
export function figuresOf(view: RaceView): readonly Figures[] {
  return view.rows.map((row) => figuresOfRow(row, view));
}

function figuresOfRow({ pane, track }: Row, view: RaceView): Figures {
  const { record } = track;
  const origin = view.originMs ?? 0;
  const { startMs, endMs } = record;
  return {
    key: pane.key,
    title: pane.title,
    mode: record.mode,
    tokens: track.tokens,
    itl: track.itl.spread(),
    latency: track.latency.spread(),
    largest: track.largest,
    usual: track.usual,
    stalls: track.stalls(view.nowMs).map(({ fromMs, toMs }) => ({ atMs: fromMs - origin, ms: toMs - fromMs })),
    incidents: record.incidents.map((incident) => ({ ...incident, atMs: incident.atMs - origin })),
    lastedMs: startMs === undefined ? undefined : (endMs ?? view.nowMs) - startMs,
    running: record.running,
  };
}

/** A part of the race as a table's row. */
export interface TimeStep {
  /** Milliseconds since the race began. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Tokens that were due; undefined where no timetable is known. */
  readonly due: number | undefined;
  /** Tokens that came, pane by pane. */
  readonly tokens: readonly number[];
}

const STEPS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];
const MOST_STEPS = 40;

/** The charts as numbers: how many tokens came in each part of the race, in at most 40 parts of a round length. */
export function timeSteps(view: RaceView): readonly TimeStep[] {
  const origin = view.originMs;
  if (origin === undefined) return [];
  const { elapsedMs, reference, rows } = view;
  const stepMs = STEPS_MS.find((step) => elapsedMs / step <= MOST_STEPS) ?? elapsedMs / MOST_STEPS;
  return Array.from({ length: Math.ceil(elapsedMs / stepMs) }, (_, index) => {
    const [fromMs, toMs] = [index * stepMs, (index + 1) * stepMs];
    // What came before the race began is the first part's: an answer that is read again.
    const after = index === 0 ? Number.NEGATIVE_INFINITY : origin + fromMs;
    const within = (bins: Row['track']['arrivals']): number => bins.totalAt(origin + toMs) - bins.totalAt(after);
    return {
      fromMs,
      toMs,
      due: reference && within(reference.track.due),
      tokens: rows.map(({ track }) => within(track.arrivals)),
    };
  });
}
