import type { ReactElement } from 'react';
import type { PaneHandle } from '../pane/handle.js';
import { DASHES } from './charts/palette.js';

/** Which line is whose, where there is no room for names at the ends of the lines. */
export function Legend({ panes }: { readonly panes: readonly PaneHandle[] }): ReactElement {
  return (
    <ul className="timeline-legend">
      {panes.map(({ key, title, record }) => (
        <li key={key} data-mode={record.mode}>
          <svg width="32" height="10" aria-hidden="true">
            <line x1="0" y1="5" x2="32" y2="5" strokeWidth="2" strokeDasharray={DASHES[record.mode].join(' ')} />
          </svg>
          {title}
        </li>
      ))}
    </ul>
  );
}
