import { PaneChoice } from '../tools/pane-choice.js';
import type { ToolProps } from '../tools/tool.js';
import { useLaneStores } from './use-lane-stores.js';
import WirePanel from './wire-panel.js';

/** The bytes of the chosen pane's lane. All lanes are watched while this is open, so that panes can be compared. */
export default function WireTool({ panes, selected, onSelect, control }: ToolProps) {
  const storeOf = useLaneStores(panes, control);
  const record = selected?.record;
  if (!record) return <p>Ask something, and the bytes of each answer are shown here as they arrive.</p>;
  return (
    <>
      <PaneChoice panes={panes} selected={selected} onSelect={onSelect} />
      <WirePanel key={record.lane} store={storeOf(record)} tokens={() => record.tokenCount} />
    </>
  );
}
