import type { GenerationRequest } from '@tokenwire/protocol';
import type { StreamStatus } from '@tokenwire/client-kit';
import { useEffect, useId, useState } from 'react';
import type { Control } from '../control/control.js';
import type { RacePane } from '../race/race.js';
import type { Settings } from '../settings/settings.js';
import { AnswerView } from './answer-view.js';
import { MODE_TITLES } from './clients.js';
import type { PaneHandle } from './handle.js';
import { PaneStats } from './pane-stats.js';
import { type Proof, proofOf } from './proof.js';
import { ProofLine } from './proof-line.js';
import type { PaneRegistry } from './registry.js';
import { usePane } from './use-pane.js';
import './pane.css';

export interface PaneProps {
  readonly pane: RacePane;
  readonly place: number;
  readonly title: string;
  readonly request: GenerationRequest;
  readonly registry: PaneRegistry;
  readonly control: Control;
  readonly view: Settings['view'];
  readonly selected: boolean;
  readonly onSelect: (key: string) => void;
  readonly onAgain: (key: string) => void;
  readonly onRemove: ((key: string) => void) | undefined;
  readonly onProof: (key: string, proof: Proof | undefined) => void;
  readonly announce: (sentence: string) => void;
}

/** What a status means, for people. */
const STATUS: Record<StreamStatus, string> = {
  idle: 'waiting',
  connecting: 'connecting',
  streaming: 'answering',
  reconnecting: 'reconnecting',
  completed: 'complete',
  cancelled: 'stopped',
  failed: 'failed',
  detached: 'left',
};

const ENDED: ReadonlySet<StreamStatus> = new Set(['completed', 'cancelled', 'failed']);

/** One transport's answer. */
export function Pane(props: PaneProps) {
  const { pane, title, control, view, selected, onSelect } = props;
  const { handle, stream, mode } = usePane(props);
  const { status, text } = stream;
  const ended = ENDED.has(status);
  const proof = useProof(handle, ended ? text : undefined, (value) => props.onProof(pane.key, value));
  useAnnouncements(title, status, handle, proof, props.announce);
  const heading = useId();
  return (
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
      <header className="pane-head">
        <h3 id={heading}>{title}</h3>
        {mode !== pane.mode && <span className="badge">now over {MODE_TITLES[mode]}</span>}
        {props.onRemove && (
          <button
            type="button"
            className="pane-remove"
            data-remove
            aria-label={`Remove ${title}`}
            onClick={() => props.onRemove?.(pane.key)}
          >
            ×
          </button>
        )}
      </header>
      <div className="pane-head">
        <span className="status">{STATUS[status]}</span>
        <PaneButtons {...props} handle={handle} ended={ended} />
      </div>
      <PaneStats handle={handle} stream={stream} control={control} />
      <AnswerView title={title} stream={stream} view={view} />
      <ProofLine proof={proof} record={handle.record} />
    </article>
  );
}

function PaneButtons({
  pane,
  title,
  handle,
  ended,
  onAgain,
  onRemove,
}: PaneProps & { handle: PaneHandle; ended: boolean }) {
  return (
    <span className="pane-buttons">
      <button
        type="button"
        data-stop
        disabled={ended}
        onClick={() => void handle.stream().stop()}
        aria-label={`Stop ${title}`}
      >
        Stop
      </button>
      <button type="button" data-again onClick={() => onAgain(pane.key)} aria-label={`Ask again over ${title}`}>
        Again
      </button>
    </span>
  );
}

/** Asks the log once the answer has ended. `text` is undefined before. */
function useProof(
  { record }: PaneHandle,
  text: string | undefined,
  onProof: (proof: Proof | undefined) => void,
): Proof | undefined {
  const [proof, setProof] = useState<Proof>();
  useEffect(() => {
    let left = false;
    setProof(undefined);
    onProof(undefined);
    if (text === undefined) return;
    void proofOf(record, text).then((value) => {
      if (left) return;
      setProof(value);
      onProof(value);
    });
    return () => {
      left = true;
    };
    // The callback is a new one at each render.
  }, [record, text]);
  return proof;
}

/** Whole sentences at the turning points, for those who listen to the page. */
function useAnnouncements(
  title: string,
  status: StreamStatus,
  { record }: PaneHandle,
  proof: Proof | undefined,
  announce: (sentence: string) => void,
): void {
  useEffect(() => {
    if (status === 'reconnecting') announce(`${title}: the connection was lost, trying again.`);
  }, [status, title, announce]);
  useEffect(() => {
    if (!proof) return;
    const same = proof.same === true ? 'the same text as the log' : 'not the text of the log';
    announce(
      `${title}: ${STATUS[status]}, ${record.tokenCount} tokens, ${proof.lost} lost, ${proof.doubled} doubled, ${same}.`,
    );
    // Once per proof: the status cannot change after it.
  }, [proof]);
}
