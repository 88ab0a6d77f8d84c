import { useCallback, useLayoutEffect, useReducer, useRef, useState } from 'react';
import type { Row } from './rows.js';
import { placeOf } from './view.js';

/** Rows beyond each edge that are drawn as well, so that scrolling shows no gaps. */
export const MARGIN = 4;
/** Until they have been measured, in pixels. */
const GUESS = { height: 400, rowPx: 26 };

/** The row on top, and how many pixels of it are scrolled out. */
interface Anchor {
  readonly id: number;
  readonly px: number;
}

/**
 * Which rows of equal height are in sight. It stays at the end; scrolled up, it stays at the row on top, whatever comes
 * or is dropped. Where it is follows from that row and not from the scroll position, so a change draws once.
 */
export function useWindow(rows: readonly Row[]) {
  const box = useRef<HTMLDivElement>(null);
  /** Undefined: at the end. */
  const anchor = useRef<Anchor | undefined>(undefined);
  /** The scroll position that was set here; the event it brings is nobody's wish. */
  const set = useRef(-1);
  const [{ height, rowPx }, setSize] = useState(GUESS);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const held = anchor.current;
  const end = Math.max(0, rows.length * rowPx - height);
  const top = held ? Math.min(end, placeOf(rows, held.id) * rowPx + held.px) : end;
  // In each render; it sets what it measures only when that has changed.
  // oxlint-disable-next-line react/exhaustive-deps
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const row = element.querySelector<HTMLElement>('[data-wire-row]')?.offsetHeight ?? 0;
    const size = { height: element.clientHeight, rowPx: row > 0 ? row : rowPx };
    if (size.height !== height || size.rowPx !== rowPx) setSize(size);
    if (Math.abs(element.scrollTop - top) > 1) element.scrollTop = top;
    set.current = element.scrollTop;
  });
  const seen = useRef({ rows, rowPx });
  seen.current = { rows, rowPx };
  /** Stays where it is, also at the end. */
  const hold = useCallback((): void => {
    const at = box.current?.scrollTop ?? 0;
    const row = seen.current.rows[Math.floor(at / seen.current.rowPx)];
    anchor.current = row && { id: row.id, px: at % seen.current.rowPx };
  }, []);
  const onScroll = (): void => {
    const element = box.current;
    if (!element || Math.abs(element.scrollTop - set.current) <= 1) return;
    hold();
    if (element.scrollTop + element.clientHeight >= element.scrollHeight - rowPx / 2) anchor.current = undefined;
    draw();
  };
  /** Brings the row at this place into sight. */
  const scrollTo = (place: number): void => {
    const element = box.current;
    if (!element) return;
    const above = place * rowPx;
    const below = (place + 1) * rowPx - element.clientHeight;
    if (above < element.scrollTop) element.scrollTop = above;
    else if (below > element.scrollTop) element.scrollTop = below;
    hold();
  };
  const first = Math.max(0, Math.min(rows.length, Math.floor(top / rowPx)) - MARGIN);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowPx) + MARGIN);
  return { box, rowPx, first, last, onScroll, scrollTo, hold };
}
