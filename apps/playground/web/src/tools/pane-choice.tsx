import type { ToolProps } from './tool.js';

/** Which pane a tool shows. The pane that has the focus is chosen as well. */
export function PaneChoice({ panes, selected, onSelect }: Pick<ToolProps, 'panes' | 'selected' | 'onSelect'>) {
  return (
    <label className="pane-choice">
      Pane{' '}
      <select data-pane-choice value={selected?.key} onChange={({ target }) => onSelect(target.value)}>
        {panes.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
