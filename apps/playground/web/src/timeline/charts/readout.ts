import { durationText } from '../data/duration.js';
import type { RaceView } from '../data/race-view.js';

/** What every pane had at a moment, and how many tokens that were due it had not. */
export function readoutText(view: RaceView, seconds: number): string {
  const { originMs, reference } = view;
  if (originMs === undefined) return '';
  const atMs = originMs + seconds * 1000;
  const due = reference?.track.due.totalAt(atMs);
  const parts = view.rows.map(({ pane, track }) => {
    const tokens = track.arrivals.totalAt(atMs);
    const behind = due === undefined ? 0 : due - tokens;
    return `${pane.title} ${tokens}${behind > 0 ? ` (${behind} behind)` : ''}`;
  });
  const model = due === undefined ? [] : [`model ${due}`];
  return `At ${durationText(seconds * 1000)}: ${[...model, ...parts].join(' · ')}`;
}
