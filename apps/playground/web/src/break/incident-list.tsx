import { useCallback, useId, useSyncExternalStore } from 'react';
import type { PaneRecord, Who } from '../pane/pane-record.js';
import './incident-list.css';

/** So many of the latest are shown. */
const MOST_SHOWN = 200;
/** It is looked so often whether there are more. */
const LOOK_EVERY_MS = 250;

const WHO: Record<Who, string> = { you: 'You', line: 'Line', client: 'Client', server: 'Server', model: 'Model' };

/**
 * What has happened to a pane's answer, the latest at the bottom; nothing as long as nothing has. A log, but a silent one:
 * five panes with a sentence for every step would talk over each other, so the page announces the turning points itself.
 */
export function IncidentList({ record }: { readonly record: PaneRecord }) {
  const subscribe = useCallback((look: () => void) => {
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const count = useSyncExternalStore(subscribe, () => record.incidents.length);
  const heading = useId();
  if (count === 0) return null;
  const first = Math.max(0, count - MOST_SHOWN);
  return (
    <section className="incidents" aria-labelledby={heading}>
      <h3 id={heading}>What happened</h3>
      {/* Scrolls, so it must be reachable by keyboard. */}
      <div className="incidents-scroll" tabIndex={0} role="log" aria-live="off" aria-labelledby={heading}>
        <ol>
          {record.incidents.slice(first).map(({ atMs, who, text }, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <li key={first + index} data-incident data-who={who}>
              <span className="incident-time">{sinceStart(atMs, record.startMs)}</span>{' '}
              <b className="incident-who">{WHO[who]}</b> <span>{text}</span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function sinceStart(atMs: number, startMs = atMs): string {
  return `${((atMs - startMs) / 1000).toFixed(2)} s`;
}
