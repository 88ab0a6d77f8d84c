import { MODES, type Mode } from '@tokenwire/protocol';
import { useEffect, useId, useState } from 'react';
import { MODE_TITLES } from '../pane/clients.js';
import type { PaneHandle } from '../pane/handle.js';
import type { ToolProps } from '../tools/tool.js';
import { FAULT_DEFAULTS, type Fault, type FaultOptions } from './fault.js';
import { FaultButton } from './fault-button.js';
import { FAULT_GROUPS } from './faults.js';
import { forgetLine } from './standing.js';
import { aim, strike } from './strike.js';
import { useTick } from './use-tick.js';
import './break-tool.css';

/** Whether buttons can have an effect is looked at so often. */
const LOOK_EVERY_MS = 300;

const LINKS: readonly (readonly [title: string, bytesPerSecond: number, latencyMs: number])[] = [
  ['4 KB/s, 200 ms late', 4_000, 200],
  ['1 KB/s, 400 ms late', 1_000, 400],
  ['32 KB/s, 80 ms late', 32_000, 80],
];

const LASTS: readonly (readonly [title: string, forMs: number | undefined])[] = [
  ['until it is repaired', undefined],
  ['for 5 s', 5_000],
  ['for 10 s', 10_000],
  ['for 30 s', 30_000],
];

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

  const press = async (fault: Fault): Promise<void> => {
    const { hit, obstacle } = aim(fault, targets, options, control.connected);
    if (obstacle !== undefined) return setOutcome({ text: `${fault.title}: ${obstacle}`, bad: false });
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
        <label>
          Break{' '}
          <select
            data-fault-target
            value={all ? '' : (selected?.key ?? '')}
            onChange={(event) => aimAt(event.target.value)}
          >
            {panes.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
            <option value="">all panes</option>
          </select>
        </label>
        <Choices options={options} onChange={setOptions} />
      </p>
      <p className="break-outcome" role="status" data-break-outcome data-bad={outcome?.bad ?? false}>
        {outcome?.text ?? 'What the client notices, and what it does, is told in its pane under “What happened”.'}
      </p>
      {FAULT_GROUPS.map(({ title, faults }) => (
        <fieldset key={title} className="fault-group">
          <legend>{title}</legend>
          {faults.map((fault) => (
            <FaultButton
              key={fault.id}
              fault={fault}
              aim={aim(fault, targets, options, control.connected)}
              panes={panes}
              onPress={() => void press(fault)}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

/** What some of the faults can be told. */
function Choices({ options, onChange }: { options: FaultOptions; onChange: (options: FaultOptions) => void }) {
  const id = useId();
  const link = LINKS.findIndex(([, rate]) => rate === options.bytesPerSecond);
  const lasts = LASTS.findIndex(([, forMs]) => forMs === options.forMs);
  const setLink = (index: number): void => {
    const [, bytesPerSecond, latencyMs] = LINKS[index] ?? ['', FAULT_DEFAULTS.bytesPerSecond, FAULT_DEFAULTS.latencyMs];
    onChange({ ...options, bytesPerSecond, latencyMs });
  };
  return (
    <>
      <label>
        A slow link carries{' '}
        <select data-fault-link value={link} onChange={(event) => setLink(Number(event.target.value))}>
          {LINKS.map(([title], index) => (
            <option key={title} value={index}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        What lasts, lasts{' '}
        <select
          data-fault-lasts
          value={lasts}
          onChange={(event) => onChange({ ...options, forMs: LASTS[Number(event.target.value)]?.[1] })}
        >
          {LASTS.map(([title], index) => (
            <option key={title} value={index}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label htmlFor={`${id}-mode`}>
        Switch to{' '}
        <select
          id={`${id}-mode`}
          data-fault-mode
          value={options.mode}
          onChange={(event) => onChange({ ...options, mode: event.target.value as Mode })}
        >
          {MODES.map((mode) => (
            <option key={mode} value={mode}>
              {MODE_TITLES[mode]}
            </option>
          ))}
        </select>
      </label>
    </>
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
