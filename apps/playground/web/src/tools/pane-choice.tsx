import { useId } from 'react';
import type { PaneHandle } from '../pane/handle.js';

interface PaneChoiceProps {
  readonly panes: readonly PaneHandle[];
  readonly chosen: PaneHandle;
  readonly onSelect: (key: string) => void;
}

/** Which pane a tool is about. */
export function PaneChoice({ panes, chosen, onSelect }: PaneChoiceProps) {
  const id = useId();
  return (
    <span className="pane-choice">
      <label htmlFor={id}>Pane</label>{' '}
      <select id={id} value={chosen.key} onChange={({ target }) => onSelect(target.value)}>
        {panes.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </span>
  );
}
