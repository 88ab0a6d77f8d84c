import 'uplot/dist/uPlot.min.css';
import './timeline.css';
import { type ReactElement, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ToolProps } from '../tools/tool.js';
import { FiguresTable } from './figures-table.js';
import { Legend } from './legend.js';
import { HINT, Stage } from './stage.js';
import { StepsTable } from './steps-table.js';
import { Toolbar } from './toolbar.js';
import { useNavigation } from './use-navigation.js';

/** When tokens came: ticks, stairs and gaps of all panes on one axis of time. */
export default function Timeline({ panes }: ToolProps): ReactElement {
  const [stage] = useState(() => new Stage());
  const state = useSyncExternalStore(stage.subscribe, stage.state);
  const [asTable, setAsTable] = useState(false);
  const charts = useRef<HTMLDivElement>(null);
  const arrivals = useRef<HTMLDivElement>(null);
  const steps = useRef<HTMLDivElement>(null);
  const itl = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);

  useEffect(() => stage.setPanes(panes), [stage, panes]);
  useEffect(
    () =>
      stage.mount({
        charts: charts.current!,
        arrivals: arrivals.current!,
        steps: steps.current!,
        itl: itl.current!,
        readout: readout.current!,
      }),
    [stage],
  );
  useNavigation(stage, charts);

  return (
    <section className="timeline" aria-label="Timeline">
      <Toolbar stage={stage} state={state} asTable={asTable} onAsTable={setAsTable} />
      <div
        ref={charts}
        className="timeline-charts"
        role="group"
        aria-label="Charts. Plus and minus zoom, arrows move, Home and End go to the beginning and to the present, 0 shows all."
        // A place for the keyboard: the keys above are its.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        hidden={asTable}
      >
        <h3>Arrivals</h3>
        <p>A tick where tokens reach the page. The taller, the more came at once.</p>
        <div ref={arrivals} />
        <p ref={readout} className="timeline-readout" aria-hidden="true">
          {HINT}
        </p>
        <h3>Tokens so far</h3>
        <p>The broad line is the model’s own timetable. How far right of it a stairway is: that is the delivery latency.</p>
        <div ref={steps} />
        <Legend panes={panes} />
        <h3>Time between tokens (ITL)</h3>
        <p>
          Tokens that come together have 0. So a low ITL is no speed: heaps have the lowest of all, and come last. Read the
          delivery latency.
        </p>
        <div ref={itl} />
      </div>
      {asTable && <StepsTable view={stage.view} figures={state.figures} />}
      <FiguresTable figures={state.figures} />
    </section>
  );
}
