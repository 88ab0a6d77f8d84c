import { useMemo } from 'react';
import { PaneChoice } from '../tools/pane-choice.js';
import type { ToolProps } from '../tools/tool.js';
import WirePanel from './wire-panel.js';

/** The bytes of the chosen pane's lane, from the moment on at which this is opened. */
export default function WireTool({ panes, selected, onSelect, control }: ToolProps) {
  const record = selected?.record;
  const source = useMemo(
    () =>
      record
        ? { subscribe: (listener: Parameters<typeof control.tap>[1]) => control.tap(record.lane, listener) }
        : undefined,
    [record, control],
  );
  if (!record || !source) return <p>Ask something, and the bytes of each answer are shown here as they arrive.</p>;
  return (
    <>
      <PaneChoice panes={panes} selected={selected} onSelect={onSelect} />
      <WirePanel key={record.lane} source={source} tokens={() => record.tokenCount} />
    </>
  );
}
