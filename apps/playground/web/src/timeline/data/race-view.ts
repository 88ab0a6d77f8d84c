import type { PaneHandle } from '../../pane/handle.js';
import { Track } from './track.js';

/** A pane and what was gathered of it. */
export interface Row {
  readonly pane: PaneHandle;
  readonly track: Track;
}

const NEARLY = 0.95;

/** The tracks of all panes on one axis of time. It begins when the first pane asked. */
export class RaceView {
  rows: readonly Row[] = [];
  #nowMs = 0;

  /** Another set of panes; those that stayed keep their tracks. */
  setPanes(panes: readonly PaneHandle[]): void {
    const known = new Map(this.rows.map(({ track }) => [track.record, track]));
    this.rows = panes.map((pane) => ({ pane, track: known.get(pane.record) ?? new Track(pane.record) }));
  }

  /** Takes what the records have got. Gives whether anything is new. */
  update(nowMs: number): boolean {
    this.#nowMs = nowMs;
    let changed = false;
    for (const { track } of this.rows) changed = track.update(nowMs) || changed;
    return changed;
  }

  /** When the first pane asked, in milliseconds of `performance.now`; undefined before. */
  get originMs(): number | undefined {
    const starts = this.rows.flatMap(({ track }) => track.record.startMs ?? []);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  get running(): boolean {
    return this.rows.some(({ track }) => track.record.running);
  }

  /** How long the race has lasted: until the last update, or until its last pane ended. */
  get elapsedMs(): number {
    const origin = this.originMs;
    if (origin === undefined) return 0;
    return (this.running ? this.#nowMs : this.#lastEndMs()) - origin;
  }

  /** When the update was made that all figures are of. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /**
   * Whose timetable stands for the model's: the first pane's of which nearly as much is known as of any. They all have the
   * same one, from the moment on when their request arrived; of a pane that reads late, less is known.
   */
  get reference(): Row | undefined {
    const known = ({ track }: Row): number => track.due.heaps.at.length;
    const most = Math.max(0, ...this.rows.map(known));
    return most === 0 ? undefined : this.rows.find((row) => known(row) >= NEARLY * most);
  }

  #lastEndMs(): number {
    const ends = this.rows.map(({ track }) => track.record.endMs ?? track.lastMs ?? 0);
    return Math.max(0, ...ends);
  }
}
