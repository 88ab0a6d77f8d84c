import { FrameBits } from './frame-bits.js';
import { KIND_LABELS } from './kinds.js';
import type { Cell, Row } from './rows.js';
import { hexOf } from './visible.js';
import { HEX_KINDS, VisibleText } from './wire-row.js';

/** Hexadecimal digits of so many bytes are shown. */
const HEX_BYTES = 64;

/** The line that was chosen, span by span, with its bytes in hexadecimal. */
export function WireInspector({ row }: { readonly row: Row | undefined }) {
  if (!row || row.cells.length === 0)
    return <p className="wire-hint">Choose a line, with a click or the arrow keys, to see its bytes one by one.</p>;
  const header = row.cells.find(({ kind }) => kind === 'frame-header');
  return (
    <div className="wire-inspector" data-wire-inspector>
      <p className="wire-title">
        {row.way === 'up' ? 'Up' : 'Down'}, connection {row.connection}, request {row.exchange + 1}
      </p>
      {header && <FrameBits header={header.bytes} mask={row.cells.find(({ kind }) => kind === 'frame-mask')?.bytes} />}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- What scrolls has to be reached with the keyboard. */}
      <section className="wire-scroll" aria-label="Bytes of the chosen line" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">From byte</th>
              <th scope="col">Bytes</th>
              <th scope="col">What</th>
              <th scope="col">Part</th>
              <th scope="col">Content</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {row.cells.map((cell) => (
              <CellRow key={cell.offset} cell={cell} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function CellRow({ cell }: { readonly cell: Cell }) {
  const { kind, part, note, offset, size, bytes, clear } = cell;
  return (
    <tr>
      <td className="wire-number">{offset}</td>
      <td className="wire-number">{size}</td>
      <td className={`wire-label wire-${kind}`}>{KIND_LABELS[kind]}</td>
      <td>{part === 'http' ? 'HTTP' : part}</td>
      <td className="wire-content">
        {!HEX_KINDS.has(kind) && (
          <code className={`wire-${kind}`}>
            <VisibleText bytes={clear ?? bytes} />
          </code>
        )}
        <code className="wire-hex">
          {clear ? 'as sent: ' : ''}
          {hexOf(bytes.subarray(0, HEX_BYTES))}
          {size > HEX_BYTES ? ` … ${size - HEX_BYTES} more` : ''}
        </code>
      </td>
      <td>{note}</td>
    </tr>
  );
}
