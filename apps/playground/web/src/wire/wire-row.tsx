/* oxlint-disable jsx-a11y/prefer-tag-over-role -- As in `wire-lines.tsx`. */
/* oxlint-disable jsx-a11y/click-events-have-key-events -- The grid around the lines has the focus and takes the keys. */
import { memo } from 'react';
import { KIND_LABELS } from './kinds.js';
import type { Cell, Row } from './rows.js';
import { hexOf, visible } from './visible.js';

/** Of one line, only so many bytes are put into the document: it shows no more. */
const SHOWN_BYTES = 400;
/** Kinds that are no text. */
export const HEX_KINDS: ReadonlySet<string> = new Set(['frame-header', 'frame-mask']);
/** Of long JSON beside a token's text, only so much is shown from both ends: the text is what one looks for. */
const JSON_HEAD = 22;
const JSON_TAIL = 18;

export interface WireRowProps {
  readonly id: string;
  readonly row: Row;
  /** Of the row when it was drawn. */
  readonly version: number;
  /** From 1. */
  readonly place: number;
  readonly startMs: number;
  readonly isChosen: boolean;
  /** Of a start line: whether its headers are shown. */
  readonly isOpen: boolean;
  readonly onChoose: (row: Row) => void;
  readonly onTurn: (startId: number) => void;
}

/** One line: when, which way, what, the bytes, and why. Drawn again only when something of it has changed. */
export const WireRow = memo(function WireRow(props: WireRowProps) {
  const { id, row, place, startMs, isChosen, isOpen, onChoose, onTurn } = props;
  const [first] = row.cells;
  const isStart = first?.kind === 'request-line' || first?.kind === 'status-line';
  const classes = [
    'wire-row',
    `wire-way-${row.way}`,
    ...(isStart ? ['wire-start'] : []),
    ...(row.event ? ['wire-event'] : []),
  ];
  return (
    // The grid around it listens to keys.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="row"
      data-wire-row
      className={classes.join(' ')}
      aria-rowindex={place}
      aria-selected={isChosen}
      onClick={() => onChoose(row)}
    >
      <span role="gridcell" className="wire-time">
        {seconds(row.atMs - startMs)}
      </span>
      <span role="gridcell" className="wire-way">
        {row.way === 'up' ? '↑ up' : '↓ down'}
      </span>
      <span role="gridcell" className={`wire-label wire-${first?.kind ?? 'event'}`}>
        {first ? KIND_LABELS[first.kind] : 'event'}
      </span>
      <span role="gridcell" className="wire-bytes">
        {row.event ?? <Bytes cells={row.cells} />}
      </span>
      <span role="gridcell" className="wire-note">
        {isStart && row.headers > 0 ? <Turn row={row} isOpen={isOpen} onTurn={onTurn} /> : notesOf(row.cells)}
      </span>
    </div>
  );
});

function Turn({ row, isOpen, onTurn }: Pick<WireRowProps, 'row' | 'isOpen' | 'onTurn'>) {
  return (
    <button
      type="button"
      className="wire-turn"
      tabIndex={-1}
      aria-expanded={isOpen}
      onClick={(event) => {
        event.stopPropagation();
        onTurn(row.id);
      }}
    >
      {isOpen ? '▾' : '▸'} {row.headers} headers, head of {row.headBytes} bytes · connection {row.connection}, request{' '}
      {row.exchange + 1}
    </button>
  );
}

function Bytes({ cells }: { readonly cells: readonly Cell[] }) {
  const hasText = cells.some(({ part }) => part === 'payload');
  let left = SHOWN_BYTES;
  return cells.map((cell) => {
    const shown = (cell.clear ?? cell.bytes).subarray(0, Math.max(0, left));
    left -= shown.length;
    const cut = cell.size - shown.length;
    const isLong = hasText && cell.kind === 'json' && cut === 0 && shown.length > JSON_HEAD + JSON_TAIL + 4;
    return (
      <span key={cell.offset} className={`wire-cell wire-${cell.kind} wire-of-${cell.part}`}>
        {HEX_KINDS.has(cell.kind) ? (
          hexOf(shown)
        ) : isLong ? (
          <>
            <VisibleText bytes={shown.subarray(0, JSON_HEAD)} />
            <span className="wire-sign">…</span>
            <VisibleText bytes={shown.subarray(-JSON_TAIL)} />
          </>
        ) : (
          <VisibleText bytes={shown} />
        )}
        {cut > 0 && <span className="wire-sign">… {cut} more</span>}
      </span>
    );
  });
}

/** Bytes as text, with signs for what cannot be seen. */
export function VisibleText({ bytes }: { readonly bytes: Uint8Array }) {
  return visible(bytes).map(({ text, isSign }, index) =>
    isSign ? (
      // oxlint-disable-next-line react/no-array-index-key -- Bytes that are shown do not change their places.
      <span key={index} className="wire-sign">
        {text}
      </span>
    ) : (
      text
    ),
  );
}

/** That of the token's text first. */
function notesOf(cells: readonly Cell[]): string {
  const ordered = [...cells.filter(({ part }) => part === 'payload').slice(0, 1), ...cells];
  return [...new Set(ordered.map(({ note }) => note).filter((note) => note !== ''))].join(' · ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
