import type { Row } from './rows.js';

/** What is to be seen. */
export type WireFilter = 'all' | 'down' | 'no-heads';

/** How rows are looked at. */
export interface View {
  readonly filter: WireFilter;
  /** Whether headers are shown; those in `turned` the other way. */
  readonly headersOpen: boolean;
  /** Ids of start lines. */
  readonly turned: ReadonlySet<number>;
}

/** Whether the headers after this start line are shown. */
export function isOpen(view: View, startId: number): boolean {
  return view.headersOpen !== view.turned.has(startId);
}

/** The rows that are shown, in their order. */
export function shownRows(rows: readonly Row[], view: View): readonly Row[] {
  return rows.filter((row) => {
    if (row.event !== undefined) return true;
    if (view.filter === 'down' && row.way === 'up') return false;
    if (view.filter === 'no-heads' && row.cells[0]?.part === 'http') return false;
    return row.headId === undefined || isOpen(view, row.headId);
  });
}

/** The place of the first row with this id or a later one; rows are in the order of their ids. */
export function placeOf(rows: readonly Row[], id: number): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((rows[middle]?.id ?? 0) < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
