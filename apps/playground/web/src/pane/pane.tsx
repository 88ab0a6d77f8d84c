import type { Mode } from '@tokenwire/protocol';
import type { StreamStatus } from '@tokenwire/client-kit';
import { useId } from 'react';
import { ConnectionNotice } from '../break/connection-notice.js';
import { IncidentList } from '../break/incident-list.js';
import { stopPane } from '../break/stop-pane.js';
import { MODE_TITLES } from '../race/titles.js';
import type { Settings } from '../settings/settings.js';
import { AnswerView } from './answer-view.js';
import type { PaneHandle } from './handle.js';
import { PaneStats } from './pane-stats.js';
import type { Proof } from './proof.js';
import { ProofLine } from './proof-line.js';
import { STATUS_WORDS, useAnnouncements } from './use-announcements.js';
import { type PaneOptions, usePane } from './use-pane.js';
import { useProof } from './use-proof.js';
import './pane.css';

export interface PaneProps extends PaneOptions {
  /** All panes, this one too. */
  readonly panes: readonly PaneHandle[];
  readonly view: Settings['view'];
  readonly selected: boolean;
  readonly onSelect: (key: string) => void;
  readonly onAgain: (key: string) => void;
  readonly onRemove: ((key: string) => void) | undefined;
  readonly onProof: (key: string, proof: Proof | undefined) => void;
  readonly announce: (sentence: string) => void;
}

const ENDED: ReadonlySet<StreamStatus> = new Set(['completed', 'cancelled', 'failed']);

/** One transport's answer. */
export function Pane(props: PaneProps) {
  const { pane, title, control, view, selected, onSelect } = props;
  const { handle, stream, mode } = usePane(props);
  const { status, text } = stream;
  const ended = ENDED.has(status);
  const proof = useProof(handle.record, ended ? text : undefined, (value) => props.onProof(pane.key, value));
  useAnnouncements({ title, status, record: handle.record, proof, announce: props.announce });
  const heading = useId();
  return (
    // Choosing the pane that is touched is a shortcut; the tools have a list of their own.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      className="pane"
      data-pane={pane.key}
      data-mode={mode}
      data-status={status}
      data-selected={selected}
      aria-labelledby={heading}
      onFocus={() => onSelect(pane.key)}
      onPointerDown={() => onSelect(pane.key)}
    >
      <PaneHead {...props} handle={handle} mode={mode} status={status} heading={heading} />
      <ConnectionNotice pane={handle} panes={props.panes} control={control} />
      <PaneStats handle={handle} stream={stream} control={control} />
      <AnswerView title={title} stream={stream} view={view} />
      <ProofLine proof={proof} record={handle.record} />
      <IncidentList record={handle.record} />
    </article>
  );
}

interface PaneHeadProps extends PaneProps {
  readonly handle: PaneHandle;
  readonly mode: Mode;
  readonly status: StreamStatus;
  /** Id of the heading. */
  readonly heading: string;
}

function PaneHead(props: PaneHeadProps) {
  const { pane, title, handle, mode, status, heading, onAgain, onRemove } = props;
  const stop = (): void => {
    stopPane(handle, props.panes, props.control).catch((error: unknown) =>
      handle.record.note('client', `Stopping failed: ${(error as Error).message}`),
    );
  };
  return (
    <>
      <header className="pane-head">
        <h2 id={heading}>{title}</h2>
        {mode !== pane.mode && <span className="badge">now over {MODE_TITLES[mode]}</span>}
        {onRemove && (
          <button
            type="button"
            className="pane-remove"
            data-remove
            aria-label={`Remove ${title}`}
            onClick={() => onRemove(pane.key)}
          >
            ×
          </button>
        )}
      </header>
      <div className="pane-head">
        <span className="status">{STATUS_WORDS[status]}</span>
        <span className="pane-buttons">
          <button type="button" data-stop disabled={ENDED.has(status)} onClick={stop} aria-label={`Stop ${title}`}>
            Stop
          </button>
          <button type="button" data-again onClick={() => onAgain(pane.key)} aria-label={`Ask again over ${title}`}>
            Again
          </button>
        </span>
      </div>
    </>
  );
}
