import type { PaneRecord, Who } from '../pane/pane-record.js';

/**
 * Notes an incident where its time belongs, and gives its place: news of the host come after what they are about. No effect
 * stands before what somebody did, also if the two clocks disagree by a millisecond.
 */
export function tell(record: PaneRecord, who: Who, text: string, atMs: number): number {
  const { incidents } = record;
  const lastDone = incidents.findLast((incident) => incident.who === 'you')?.atMs ?? atMs;
  const told = { atMs: Math.max(atMs, lastDone), who, text };
  record.note(who, text, told.atMs);
  let place = incidents.length - 1;
  while (place > 0 && (incidents[place - 1]?.atMs ?? 0) > told.atMs) {
    incidents[place] = incidents[place - 1] ?? told;
    place -= 1;
  }
  incidents[place] = told;
  return place;
}
