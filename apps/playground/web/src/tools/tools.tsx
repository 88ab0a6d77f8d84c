import {
  type ComponentType,
  type KeyboardEvent,
  type LazyExoticComponent,
  Suspense,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import type { Control } from '../control/control.js';
import type { PaneHandle } from '../pane/handle.js';
import { type Settings, TOOLS, type Tool } from '../settings/settings.js';
import { TOOL_VIEWS } from './tool-views.js';
import type { ToolProps } from './tool.js';
import './tools.css';

export interface ToolsProps {
  readonly settings: Settings;
  readonly onChange: (changes: Partial<Settings>) => void;
  readonly panes: readonly PaneHandle[];
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly control: Control;
  readonly onAskWithProbabilities: () => void;
}

/** A tool: its title, and its module, which is loaded when it is opened. */
export interface ToolView {
  readonly title: string;
  readonly View: LazyExoticComponent<ComponentType<ToolProps>>;
}

/** Below the panes: one tool at a time, as tabs (WAI-ARIA Authoring Practices, pattern "Tabs", with automatic activation). */
export function Tools(props: ToolsProps) {
  const { settings, onChange, panes, selected, onSelect, control, onAskWithProbabilities } = props;
  const id = useId();
  const tabs = useRef(new Map<Tool, HTMLButtonElement | null>());
  const { View } = TOOL_VIEWS[settings.tool];
  const startMs = useStartMs(panes);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const wanted = TOOLS.indexOf(settings.tool) + step;
    const index = Number.isFinite(wanted) ? (wanted + TOOLS.length) % TOOLS.length : wanted < 0 ? 0 : TOOLS.length - 1;
    const tool = TOOLS[index] ?? 'timeline';
    onChange({ tool });
    tabs.current.get(tool)?.focus();
  };
  return (
    <section className="tools" aria-label="Tools">
      <h2 className="visually-hidden">Tools</h2>
      <div className="tool-tabs" role="tablist" aria-label="Tools">
        {TOOLS.map((tool) => (
          <button
            key={tool}
            ref={(element) => void tabs.current.set(tool, element)}
            type="button"
            role="tab"
            id={`${id}-${tool}`}
            data-tool={tool}
            aria-selected={settings.tool === tool}
            aria-controls={`${id}-panel`}
            tabIndex={settings.tool === tool ? 0 : -1}
            onClick={() => onChange({ tool })}
            onKeyDown={onKeyDown}
          >
            {TOOL_VIEWS[tool].title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} className="tool-panel" role="tabpanel" aria-labelledby={`${id}-${settings.tool}`}>
        <Suspense fallback={<p>Loading…</p>}>
          <View
            panes={panes}
            selected={panes.find(({ key }) => key === selected) ?? panes[0]}
            onSelect={onSelect}
            control={control}
            settings={settings}
            startMs={startMs}
            onAskWithProbabilities={onAskWithProbabilities}
          />
        </Suspense>
      </div>
    </section>
  );
}

/** When the first of the panes began. They begin when their lanes are open, a moment after they are on the page. */
function useStartMs(panes: readonly PaneHandle[]): number | undefined {
  const [startMs, setStartMs] = useState<number>();
  useEffect(() => {
    const look = (): void => {
      const starts = panes.flatMap(({ record }) => record.startMs ?? []);
      setStartMs(starts.length > 0 ? Math.min(...starts) : undefined);
      if (starts.length === panes.length) clearInterval(timer);
    };
    const timer = setInterval(look, 100);
    look();
    return () => clearInterval(timer);
  }, [panes]);
  return startMs;
}
