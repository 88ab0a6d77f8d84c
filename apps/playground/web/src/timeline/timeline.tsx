import 'uplot/dist/uPlot.min.css';
import './timeline.css';
import { type ReactElement, useEffect, useState, useSyncExternalStore } from 'react';
import type { ToolProps } from '../tools/tool.js';
import { ChartsView } from './charts-view.js';
import { FiguresTable } from './figures-table.js';
import { Stage } from './stage.js';
import { StepsTable } from './steps-table.js';
import { Toolbar } from './toolbar.js';

/** When tokens came: ticks, stairs and gaps of all panes on one axis of time, live. */
export default function Timeline({ panes }: ToolProps): ReactElement {
  const [stage] = useState(() => new Stage());
  const state = useSyncExternalStore(stage.subscribe, stage.state);
  const [asTable, setAsTable] = useState(false);
  useEffect(() => stage.setPanes(panes), [stage, panes]);
  return (
    <section className="timeline" aria-label="Timeline">
      <Toolbar stage={stage} state={state} asTable={asTable} onAsTable={setAsTable} />
      <ChartsView stage={stage} figures={state.figures} hidden={asTable} />
      {asTable && <StepsTable view={stage.view} figures={state.figures} />}
      <FiguresTable figures={state.figures} />
    </section>
  );
}
