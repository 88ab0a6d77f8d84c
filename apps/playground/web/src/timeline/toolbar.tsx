import type { ReactElement } from 'react';
import type { TimeWindow } from './data/time-window.js';
import type { Stage, StageState } from './stage.js';

export interface ToolbarProps {
  readonly stage: Stage;
  readonly state: StageState;
  readonly asTable: boolean;
  readonly onAsTable: (asTable: boolean) => void;
}

const WINDOWS: readonly (readonly [text: string, window: TimeWindow])[] = [
  ['Whole race', { kind: 'whole' }],
  ['Last 15 s', { kind: 'follow', spanMs: 15_000 }],
  ['Last 5 s', { kind: 'follow', spanMs: 5_000 }],
];

/** What part of the race is shown, and how. */
export function Toolbar({ stage, state, asTable, onAsTable }: ToolbarProps): ReactElement {
  const { window, paused } = state;
  const moves = [
    ['Earlier', '◀', () => stage.pan(-0.25)],
    ['Later', '▶', () => stage.pan(0.25)],
    ['Zoom out', '−', () => stage.zoom(2)],
    ['Zoom in', '+', () => stage.zoom(0.5)],
  ] as const;
  return (
    <div className="timeline-toolbar">
      <fieldset aria-label="Part of the race">
        {WINDOWS.map(([text, wanted]) => (
          <button
            key={text}
            type="button"
            aria-pressed={isSame(window, wanted)}
            onClick={() => stage.setWindow(wanted)}
            disabled={asTable}
          >
            {text}
          </button>
        ))}
      </fieldset>
      <fieldset aria-label="Move and zoom">
        {moves.map(([name, sign, act]) => (
          <button key={name} type="button" aria-label={name} title={name} onClick={act} disabled={asTable}>
            {sign}
          </button>
        ))}
      </fieldset>
      <button type="button" aria-pressed={paused} onClick={() => stage.setPaused(!paused)}>
        Pause
      </button>
      <button type="button" aria-pressed={asTable} onClick={() => onAsTable(!asTable)}>
        As table
      </button>
    </div>
  );
}

function isSame(one: TimeWindow, other: TimeWindow): boolean {
  if (one.kind === 'follow' && other.kind === 'follow') return one.spanMs === other.spanMs;
  return one.kind === other.kind;
}
