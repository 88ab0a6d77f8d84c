import { useId } from 'react';
import type { PaneHandle } from '../pane/handle.js';
import type { Fault } from './fault.js';
import { standing } from './standing.js';
import type { Aim } from './strike.js';
import { listed } from './words.js';

export interface FaultButtonProps {
  readonly fault: Fault;
  readonly aim: Aim;
  /** All panes, to say which of them it holds now. */
  readonly panes: readonly PaneHandle[];
  /** The reason why it is unavailable is that of all, and is shown elsewhere. */
  readonly brief: boolean;
  readonly onPress: () => void;
}

/**
 * One fault. Without an effect it is unavailable, but can still be reached by keyboard, so that everybody learns why:
 * hence `aria-disabled`.
 */
export function FaultButton({ fault, aim: { obstacle }, panes, brief, onPress }: FaultButtonProps) {
  const id = useId();
  const holds = panes.filter(({ record }) => standing(record).includes(fault.id)).map(({ title }) => title);
  return (
    <div className="fault" data-standing={holds.length > 0}>
      <button
        type="button"
        data-fault={fault.id}
        aria-disabled={obstacle !== undefined}
        aria-describedby={id}
        title={obstacle}
        onClick={onPress}
      >
        {fault.title}
      </button>
      <p id={id} className="fault-words">
        {holds.length > 0 && <b className="fault-holds">Holds {listed(holds)}. </b>}
        {obstacle !== undefined && <span className={brief ? 'visually-hidden' : 'fault-obstacle'}>{obstacle} </span>}
        {!fault.perPane && 'Concerns all panes. '}
        {fault.does} <span className="fault-shows">{fault.shows}</span>
      </p>
    </div>
  );
}
