import type { ReactElement } from 'react';
import { DASHES } from './charts/palette.js';
import type { Figures } from './data/figures.js';

/** Which line is whose, where there is no room for names at the ends of the lines. */
export function Legend({ figures }: { readonly figures: readonly Figures[] }): ReactElement {
  return (
    <ul className="timeline-legend">
      {figures.map(({ key, title, mode }) => (
        <li key={key} data-mode={mode}>
          <svg width="32" height="10" aria-hidden="true">
            <line x1="0" y1="5" x2="32" y2="5" strokeWidth="2" strokeDasharray={DASHES[mode].join(' ')} />
          </svg>
          {title}
        </li>
      ))}
    </ul>
  );
}
