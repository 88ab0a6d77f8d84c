import { type KeyboardEvent, useCallback, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Row } from './rows.js';
import { isOpen, placeOf, shownRows, type View } from './view.js';
import { WireRow } from './wire-row.js';
import type { WireStore } from './wire-store.js';

/** Lines beyond each edge that are drawn as well, so that scrolling shows no gaps. */
const MARGIN = 8;
/** Until a line has been measured, in pixels. */
const GUESS_PX = 26;

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

/** Which rows are in sight, and keeping them there. */
function useWindow(rows: readonly Row[]) {
  const box = useRef<HTMLDivElement>(null);
  /** The row on top, and how far it is scrolled out; undefined: at the end. */
  const anchor = useRef<{ readonly id: number; readonly px: number } | undefined>(undefined);
  const [{ top, height, rowPx }, setPlace] = useState({ top: 0, height: 0, rowPx: GUESS_PX });
  const read = (element: HTMLDivElement): void => {
    const measured = element.querySelector<HTMLElement>('[data-wire-row]')?.offsetHeight ?? rowPx;
    const next = { top: element.scrollTop, height: element.clientHeight, rowPx: measured > 0 ? measured : GUESS_PX };
    if (next.top !== top || next.height !== height || next.rowPx !== rowPx) setPlace(next);
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const held = anchor.current;
    const wanted = held ? placeOf(rows, held.id) * rowPx + held.px : element.scrollHeight - element.clientHeight;
    if (Math.abs(element.scrollTop - wanted) > 1) element.scrollTop = wanted;
    read(element);
  });
  /** Stays where it is, also at the end. */
  const seen = useRef({ rows, rowPx });
  seen.current = { rows, rowPx };
  const hold = useCallback((): void => {
    const top = box.current?.scrollTop ?? 0;
    const row = seen.current.rows[Math.floor(top / seen.current.rowPx)];
    anchor.current = row && { id: row.id, px: top % seen.current.rowPx };
  }, []);
  const onScroll = (): void => {
    const element = box.current;
    if (!element) return;
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowPx / 2;
    const row = rows[Math.floor(element.scrollTop / rowPx)];
    anchor.current = isAtEnd || !row ? undefined : { id: row.id, px: element.scrollTop % rowPx };
    read(element);
  };
  const scrollTo = (place: number): void => {
    const element = box.current;
    if (!element) return;
    if (place * rowPx < element.scrollTop) element.scrollTop = place * rowPx;
    const bottom = (place + 1) * rowPx - element.clientHeight;
    if (bottom > element.scrollTop) element.scrollTop = bottom;
    onScroll();
  };
  const first = Math.max(0, Math.min(rows.length, Math.floor(top / rowPx)) - MARGIN);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowPx) + MARGIN);
  return { box, rowPx, first, last, onScroll, scrollTo, hold };
}
