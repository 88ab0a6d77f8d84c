import type { ReactElement } from 'react';
import { durationText } from './data/duration.js';
import { type Figures, timeSteps } from './data/figures.js';
import type { RaceView } from './data/race-view.js';

export interface StepsTableProps {
  readonly view: RaceView;
  /** Changes when the table is to be made again. */
  readonly figures: readonly Figures[];
}

/** The charts as a table: how many tokens came in each part of the race; and what happened, in words. */
export function StepsTable({ view, figures }: StepsTableProps): ReactElement {
  const steps = timeSteps(view);
  const happened = figures
    .flatMap(({ key, title, stalls, incidents }) => [
      ...stalls.map(({ atMs, ms }) => ({ key, title, atMs, text: `silent for ${durationText(ms)}` })),
      ...incidents.map(({ atMs, text }) => ({ key, title, atMs, text })),
    ])
    .sort((one, other) => one.atMs - other.atMs);
  return (
    // What scrolls must be reached by the keyboard (WCAG 2.1.1).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="timeline-scroll" aria-label="Timeline as a table" tabIndex={0}>
      <table className="timeline-steps">
        <caption>Tokens in each part of the race</caption>
        <thead>
          <tr>
            <th scope="col">Until</th>
            <th scope="col">Model</th>
            {figures.map(({ key, title }) => (
              <th key={key} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map(({ toMs, due, tokens }) => (
            <tr key={toMs}>
              <th scope="row">{durationText(toMs)}</th>
              <td>{due ?? '–'}</td>
              {tokens.map((count, index) => (
                <td key={figures[index]?.key ?? index}>{count}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {happened.length > 0 && (
        <ul>
          {happened.map(({ key, title, atMs, text }) => (
            <li key={`${key} ${atMs} ${text}`}>
              {durationText(atMs)}, {title}: {text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
