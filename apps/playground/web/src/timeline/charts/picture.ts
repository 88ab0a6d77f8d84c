import { describe } from '../data/describe.js';
import { type Figures, figuresOf } from '../data/figures.js';
import type { RaceView, Row } from '../data/race-view.js';
import type { Range } from '../data/time-window.js';
import { arrivalsDrawing } from './arrivals.js';
import { Chart, type Drawing } from './chart.js';
import { itlDrawing } from './itl.js';
import { Marks } from './marks.js';
import { readPalette } from './palette.js';
import { readoutText } from './readout.js';
import { marginsOf, type Scene } from './scene.js';
import { stepsDrawing } from './steps.js';

/** Below this width labels are inside of the plots, in CSS pixels. */
const NARROW_PX = 620;
const LEAST_PX = 200;

/** Under the first chart while the pointer is elsewhere. */
export const HINT = 'Drag to zoom in, double-click for all. Keys: + − ← → Home End 0.';

/** The elements to draw in. */
export interface Hosts {
  readonly charts: HTMLElement;
  readonly arrivals: HTMLElement;
  readonly steps: HTMLElement;
  readonly itl: HTMLElement;
  readonly readout: HTMLElement;
}

/** What somebody does with the pointer. Seconds since the race began. */
export interface PictureListener {
  readonly onSelect: (fromSeconds: number, toSeconds: number) => void;
  readonly onReset: () => void;
}

/** The three charts, for the rows, the colours and the kind of width that there were when it was made. */
export class Picture {
  readonly #view: RaceView;
  readonly #hosts: Hosts;
  readonly #listener: PictureListener;
  readonly #scene: Scene;
  readonly #charts: readonly Chart[];
  readonly #marks: Marks | undefined;

  constructor(view: RaceView, hosts: Hosts, listener: PictureListener) {
    this.#view = view;
    this.#hosts = hosts;
    this.#listener = listener;
    const width = this.#width();
    const narrow = width < NARROW_PX;
    const range = { fromMs: 0, toMs: 1 };
    const palette = readPalette(hosts.charts);
    this.#scene = { view, palette, range, plotWidth: plotWidth(width, narrow), narrow, latest: latestOf(view.rows) };
    this.#charts = [
      this.#chart(hosts.arrivals, arrivalsDrawing(), width),
      this.#chart(hosts.steps, stepsDrawing(), width),
      ...(view.rows.length > 0 ? [this.#chart(hosts.itl, itlDrawing(), width)] : []),
    ];
    const [first] = this.#charts;
    if (first) this.#marks = new Marks(first.plot, this.#scene);
    this.describe(figuresOf(view));
  }

  draw(range: Range): void {
    this.#scene.range = range;
    for (const chart of this.#charts) chart.draw();
    const [first] = this.#charts;
    if (first) this.#marks?.place(first.plot);
  }

  /** Takes the new width of its place. Gives false when that asks for another picture. */
  resize(): boolean {
    const width = this.#width();
    if (width < NARROW_PX !== this.#scene.narrow) return false;
    this.#scene.plotWidth = plotWidth(width, this.#scene.narrow);
    for (const chart of this.#charts) chart.resize(width);
    return true;
  }

  /** There are new figures: the latency that is measured may be another row's now. */
  refer(): void {
    this.#scene.latest = latestOf(this.#view.rows);
  }

  /** Says in words what is to be seen. */
  describe(figures: readonly Figures[]): void {
    const words = describe(figures);
    [words.arrivals, words.steps, words.itl].forEach((text, index) => {
      this.#charts[index]?.canvas.setAttribute('aria-label', text);
    });
  }

  /** The moment under a point of the page, in seconds since the race began. */
  secondsAt(clientX: number): number | undefined {
    const plot = this.#charts[0]?.plot;
    return plot?.posToVal(clientX - plot.over.getBoundingClientRect().left, 'x');
  }

  destroy(): void {
    for (const chart of this.#charts) chart.destroy();
  }

  #width(): number {
    return Math.max(LEAST_PX, Math.floor(this.#hosts.charts.clientWidth - paddingOf(this.#hosts.charts)));
  }

  #chart(host: HTMLElement, drawing: Drawing, width: number): Chart {
    const { readout } = this.#hosts;
    const chart = new Chart(host, drawing, this.#scene, width, {
      ...this.#listener,
      onHover: (seconds) => {
        readout.textContent = seconds === undefined ? HINT : readoutText(this.#view, seconds);
      },
    });
    chart.canvas.setAttribute('role', 'img');
    return chart;
  }
}

function plotWidth(width: number, narrow: boolean): number {
  const { left, right } = marginsOf(narrow);
  return width - left - right;
}

/** `clientWidth` counts the padding of an element as a part of it. */
function paddingOf(element: HTMLElement): number {
  const { paddingLeft, paddingRight } = getComputedStyle(element);
  return (Number.parseFloat(paddingLeft) || 0) + (Number.parseFloat(paddingRight) || 0);
}

/** The row with the greatest delivery latency. */
function latestOf(rows: readonly Row[]): Row | undefined {
  const late = ({ track }: Row): number => track.latency.quantile(0.95) ?? Number.NEGATIVE_INFINITY;
  return rows.reduce<Row | undefined>((most, row) => (late(row) > (most ? late(most) : 0) ? row : most), undefined);
}
