import { type ReactElement, type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { HINT } from './charts/picture.js';
import type { Figures } from './data/figures.js';
import { Legend } from './legend.js';
import type { Stage } from './stage.js';
import { useNavigation } from './use-navigation.js';

export interface ChartsViewProps {
  readonly stage: Stage;
  readonly figures: readonly Figures[];
  readonly hidden: boolean;
}

const NAME =
  'Charts. Plus and minus zoom, arrows move, Home and End go to the beginning and to the present, 0 shows all.';

/** The places of the three charts, with what they teach. The stage draws in them. */
export function ChartsView({ stage, figures, hidden }: ChartsViewProps): ReactElement {
  const charts = useRef<HTMLDivElement>(null);
  const arrivals = useRef<HTMLDivElement>(null);
  const steps = useRef<HTMLDivElement>(null);
  const itl = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);
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
    // A place for the keyboard: the keys that its name tells are its own.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section ref={charts} className="timeline-charts" aria-label={NAME} tabIndex={0} hidden={hidden}>
      <ChartPlace host={arrivals} title="Arrivals">
        A tick where tokens reach the page; the taller, the more came at once. A silence in all rows is the model’s or
        this machine’s, one in a single row its line’s.
      </ChartPlace>
      <p ref={readout} className="timeline-readout" aria-hidden="true">
        {HINT}
      </p>
      <ChartPlace host={steps} title="Tokens so far">
        The broad line is the model’s own timetable. How far right of it a stairway is: that is the delivery latency.
      </ChartPlace>
      <Legend figures={figures} />
      <ChartPlace host={itl} title="Time between tokens (ITL)">
        Tokens that come together have 0. So a low ITL is no speed: heaps have the lowest of all, and come last. Read
        the delivery latency.
      </ChartPlace>
    </section>
  );
}

interface ChartPlaceProps {
  readonly host: RefObject<HTMLDivElement | null>;
  readonly title: string;
  readonly children: ReactNode;
}

function ChartPlace({ host, title, children }: ChartPlaceProps): ReactElement {
  return (
    <>
      <h2>{title}</h2>
      <p>{children}</p>
      <div ref={host} />
    </>
  );
}
