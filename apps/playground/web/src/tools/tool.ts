import type { Control } from '../control/control.js';
import type { PaneHandle } from '../pane/handle.js';
import type { Settings } from '../settings/settings.js';

/** What every tool below the panes is given. A tool is the default export of a module that is loaded when it is opened. */
export interface ToolProps {
  /** In their order; another array when one comes, goes or begins another answer. */
  readonly panes: readonly PaneHandle[];
  /** The pane that was chosen last, for tools that show one. */
  readonly selected: PaneHandle | undefined;
  readonly onSelect: (key: string) => void;
  readonly control: Control;
  readonly settings: Settings;
  /** Asks again, with the settings as they are now and the probabilities of each token. */
  readonly onAskWithProbabilities: () => void;
  /** When the race began, in milliseconds of `performance.now`; undefined before. */
  readonly startMs: number | undefined;
}
