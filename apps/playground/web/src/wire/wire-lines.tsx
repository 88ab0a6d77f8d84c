/* oxlint-disable jsx-a11y/prefer-tag-over-role -- The elements of a table lose their roles when they are laid out as lines. */
import { type KeyboardEvent, useCallback, useId } from 'react';
import type { Row } from './rows.js';
import { isOpen, placeOf, shownRows, type View } from './view.js';
import { MARGIN, useWindow } from './use-window.js';
import { WireRow } from './wire-row.js';
import type { WireStore } from './wire-store.js';

export interface WireLinesProps {
  readonly store: WireStore;
  readonly view: View;
  readonly chosen: Row | undefined;
  readonly onChoose: (row: Row) => void;
  /** Opens or closes the headers after a start line. */
  readonly onTurn: (startId: number) => void;
}

/**
 * The lines, of which only those in sight are in the document. It stays at the end while it is there; scrolled up, it
 * stays at the line that is on top, whatever comes or is dropped. A grid with one line chosen (WAI-ARIA Authoring
 * Practices, pattern "Grid"): arrows, Page, Home and End move, Enter turns headers.
 */
export function WireLines({ store, view, chosen, onChoose, onTurn }: WireLinesProps) {
  const id = useId();
  const rows = shownRows(store.rows, view);
  const { box, rowPx, first, last, onScroll, scrollTo, hold } = useWindow(rows);
  // Whoever looks at a line does not want it to run away.
  const choose = useCallback(
    (row: Row): void => {
      hold();
      onChoose(row);
    },
    [hold, onChoose],
  );
  const at = chosen ? placeOf(rows, chosen.id) : rows.length;
  const isThere = chosen !== undefined && rows[at]?.id === chosen.id;
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = last - first - 2 * MARGIN - 1;
    const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -rows.length, End: rows.length }[
      event.key
    ];
    if (step !== undefined && rows.length > 0) {
      event.preventDefault();
      const place = Math.min(rows.length - 1, Math.max(0, at + step));
      const row = rows[place];
      scrollTo(place);
      if (row) choose(row);
    } else if (event.key === 'Enter' && isThere && chosen.headers > 0) {
      event.preventDefault();
      onTurn(chosen.id);
    }
  };
  return (
    <div
      ref={box}
      className="wire-lines"
      role="grid"
      tabIndex={0}
      aria-label="Bytes, line by line"
      aria-rowcount={rows.length}
      aria-colcount={5}
      aria-activedescendant={isThere && at >= first && at < last ? `${id}-${chosen.id}` : undefined}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" style={{ height: rows.length * rowPx, paddingTop: first * rowPx }}>
        {rows.slice(first, last).map((row, index) => (
          <WireRow
            key={row.id}
            id={`${id}-${row.id}`}
            row={row}
            version={row.version}
            place={first + index + 1}
            startMs={store.startMs}
            isChosen={row === chosen}
            isOpen={isOpen(view, row.id)}
            onChoose={choose}
            onTurn={onTurn}
          />
        ))}
      </div>
    </div>
  );
}
