import type { ReactElement } from 'react';
import { durationText } from './data/duration.js';
import type { Figures } from './data/figures.js';
import type { Spread } from './data/tally.js';

const COLUMNS = ['p50', 'p95', 'p99', 'max'] as const;

/** The distributions of all panes. Percentiles by nearest rank, over all tokens so far. */
export function FiguresTable({ figures }: { readonly figures: readonly Figures[] }): ReactElement {
  return (
    // What scrolls must be reached by the keyboard (WCAG 2.1.1).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="timeline-scroll" aria-label="Distributions" tabIndex={0}>
      <table className="timeline-figures">
        <caption>Delivery latency: from due to here. ITL: from token to token. Both over all tokens so far.</caption>
        <Head />
        <tbody>
          {figures.map(({ key, title, mode, tokens, largest, latency, itl, stalls }) => (
            <tr key={key} data-mode={mode}>
              <th scope="row">{title}</th>
              <td>{tokens}</td>
              <td>{largest || '–'}</td>
              <Cells spread={latency} />
              <Cells spread={itl} />
              <td>{stalls.length || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Head(): ReactElement {
  return (
    <thead>
      <tr>
        {['Mode', 'Tokens', 'Most at once'].map((name) => (
          <th key={name} scope="col" rowSpan={2}>
            {name}
          </th>
        ))}
        {['Delivery latency', 'ITL'].map((name) => (
          <th key={name} scope="colgroup" colSpan={COLUMNS.length}>
            {name}
          </th>
        ))}
        <th scope="col" rowSpan={2}>
          Stalls
        </th>
      </tr>
      <tr>
        {['D', 'ITL'].flatMap((what) =>
          COLUMNS.map((column) => (
            <th key={`${what} ${column}`} scope="col">
              {column}
            </th>
          )),
        )}
      </tr>
    </thead>
  );
}

function Cells({ spread }: { readonly spread: Spread }): ReactElement {
  return (
    <>
      {COLUMNS.map((column) => {
        const ms = spread[column];
        return <td key={column}>{ms === undefined ? '–' : durationText(ms)}</td>;
      })}
    </>
  );
}
