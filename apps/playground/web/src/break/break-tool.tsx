import { useEffect, useState } from 'react';
import type { PaneHandle } from '../pane/handle.js';
import type { ToolProps } from '../tools/tool.js';
import { FAULT_DEFAULTS, type Fault, type FaultOptions, nothingToBreak } from './fault.js';
import { Choices } from './choices.js';
import { FaultButton } from './fault-button.js';
import { FAULT_GROUPS } from './faults.js';
import { forgetLine } from './standing.js';
import { aim, strike } from './strike.js';
import { useTick } from './use-tick.js';
import './break-tool.css';

/** Whether buttons can have an effect is looked at so often. */
const LOOK_EVERY_MS = 300;

/** What was done last, or what went wrong. */
interface Outcome {
  readonly text: string;
  readonly bad: boolean;
}

/** Buttons that break what carries the answers, and what makes them. The panes tell what comes of it. */
export default function BreakTool({ panes, selected, onSelect, control }: ToolProps) {
  const [all, setAll] = useState(false);
  const [options, setOptions] = useState<FaultOptions>(FAULT_DEFAULTS);
  const [outcome, setOutcome] = useState<Outcome>();
  useTick(LOOK_EVERY_MS);
  useForgetting(panes, control);
  const targets = all ? panes : panes.filter((pane) => pane === selected);
  const nothing = nothingToBreak(targets);
  const aimOf = (fault: Fault) => aim(fault, fault.perPane ? targets : panes, options, control.connected);

  const press = async (fault: Fault): Promise<void> => {
    const { hit, obstacle } = aimOf(fault);
    if (obstacle !== undefined) return setOutcome({ text: `${fault.title}: ${obstacle}`, bad: false });
    setOutcome({ text: `${fault.title}: under way.`, bad: false });
    try {
      setOutcome({ text: await strike(fault, hit, control, options), bad: false });
    } catch (error) {
      setOutcome({ text: (error as Error).message, bad: true });
    }
  };
  const aimAt = (key: string): void => {
    setAll(key === '');
    if (key !== '') onSelect(key);
  };
  return (
    <div className="break-tool">
      <p className="break-bar">
        <TargetChoice panes={panes} chosen={all ? '' : (selected?.key ?? '')} onChoose={aimAt} />
        <Choices options={options} onChange={setOptions} />
      </p>
      <output className="break-outcome" data-break-outcome data-bad={outcome?.bad ?? false}>
        {outcome?.text ?? 'What the client notices, and what it does, is told in its pane under “What happened”.'}
      </output>
      {nothing !== undefined && <p className="fault-obstacle">{nothing}</p>}
      {FAULT_GROUPS.map(({ title, faults }) => (
        <fieldset key={title} className="fault-group">
          <legend>{title}</legend>
          {faults.map((fault) => (
            <FaultButton
              key={fault.id}
              fault={fault}
              aim={aimOf(fault)}
              panes={panes}
              brief={nothing !== undefined}
              onPress={() => void press(fault)}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

interface TargetChoiceProps {
  readonly panes: readonly PaneHandle[];
  /** Key of a pane; empty: all of them. */
  readonly chosen: string;
  readonly onChoose: (key: string) => void;
}

function TargetChoice({ panes, chosen, onChoose }: TargetChoiceProps) {
  return (
    <label>
      Break{' '}
      <select data-fault-target value={chosen} onChange={(event) => onChoose(event.target.value)}>
        {panes.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
        <option value="">all panes</option>
      </select>
    </label>
  );
}

/** When the host goes away, it takes the lanes with it, and everything that was done to them. */
function useForgetting(panes: readonly PaneHandle[], control: ToolProps['control']): void {
  useEffect(
    () =>
      control.onState(() => {
        if (!control.connected) for (const { record } of panes) forgetLine(record);
      }),
    [panes, control],
  );
}
