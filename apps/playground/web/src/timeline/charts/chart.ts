import uPlot from 'uplot';
import { marginsOf, type Scene, TEXT_PX } from './scene.js';

/** Columns of one series: seconds since the race began, values, and what else its path wants. */
export type Columns = readonly Float64Array[];

/** What one chart draws. Everything is looked up when a picture is made, nothing is kept. */
export interface Drawing {
  /** Height in CSS pixels, the axis of time included. */
  readonly height: (scene: Scene) => number;
  /** Options of the series, from the second one on: the first is uPlot's x. */
  readonly series: (scene: Scene) => uPlot.Series[];
  /** Limits of the y axis, and the columns of all series. */
  readonly data: (scene: Scene) => { readonly y: readonly [number, number]; readonly columns: readonly Columns[] };
  /** The axis on the left. */
  readonly axis: (scene: Scene) => uPlot.Axis;
  /** Whether the y axis runs downwards. */
  readonly downwards?: boolean;
  /** Below the series. */
  readonly under?: (plot: uPlot, scene: Scene) => void;
  /** Above the series. */
  readonly over?: (plot: uPlot, scene: Scene) => void;
}

/** What the pointer does on a chart. Seconds since the race began. */
export interface Pointing {
  readonly onHover: (seconds: number | undefined) => void;
  readonly onSelect: (fromSeconds: number, toSeconds: number) => void;
  readonly onReset: () => void;
}

/** Distances of two labels of the time axis: none that needs a decimal more to be written. */
const SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600,
];

const SYNC_KEY = 'tokenwire.timeline';

/** A chart on the page: uPlot with a drawing. */
export class Chart {
  readonly plot: uPlot;
  readonly #drawing: Drawing;
  readonly #scene: Scene;
  #alive = true;

  constructor(host: HTMLElement, drawing: Drawing, scene: Scene, width: number, pointing: Pointing) {
    this.#drawing = drawing;
    this.#scene = scene;
    const empty = drawing.series(scene).map(() => [new Float64Array(), new Float64Array()]);
    this.plot = new uPlot(this.#options(width, pointing), toData(empty), host);
  }

  #options(width: number, pointing: Pointing): uPlot.Options {
    const drawing = this.#drawing;
    const scene = this.#scene;
    return {
      ...optionsOf(drawing, scene, width, pointing),
      hooks: {
        // uPlot makes a picture that was asked for in a microtask, even if it was destroyed in between.
        drawAxes: [(plot) => this.#alive && drawing.under?.(plot, scene)],
        draw: [(plot) => this.#alive && drawing.over?.(plot, scene)],
        setCursor: [(plot) => hovered(plot, pointing)],
        setSelect: [(plot) => selected(plot, pointing)],
      },
    };
  }

  get canvas(): HTMLCanvasElement {
    return this.plot.ctx.canvas;
  }

  /** Makes the picture, at once. */
  draw(): void {
    const { range } = this.#scene;
    const { y, columns } = this.#drawing.data(this.#scene);
    this.plot.batch(() => {
      this.plot.setData(toData(columns), false);
      this.plot.setScale('x', { min: range.fromMs / 1000, max: range.toMs / 1000 });
      this.plot.setScale('y', { min: y[0], max: y[1] });
    });
  }

  resize(width: number): void {
    this.plot.setSize({ width, height: this.#drawing.height(this.#scene) });
  }

  destroy(): void {
    this.#alive = false;
    this.plot.destroy();
  }
}

/** uPlot's types know only its aligned mode. */
function toData(columns: readonly Columns[]): uPlot.AlignedData {
  return [null, ...columns] as unknown as uPlot.AlignedData;
}

function optionsOf(drawing: Drawing, scene: Scene, width: number, pointing: Pointing): uPlot.Options {
  const { right } = marginsOf(scene.narrow);
  const facets = [
    { scale: 'x', auto: false },
    { scale: 'y', auto: false },
  ];
  return {
    // Every series has its own times.
    mode: 2,
    width,
    height: drawing.height(scene),
    padding: [6, right, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, auto: false },
      y: { auto: false, dir: drawing.downwards ? -1 : 1 },
    },
    series: [{}, ...drawing.series(scene).map((series) => ({ ...series, facets }))],
    axes: [timeAxis(scene), drawing.axis(scene)],
    cursor: {
      y: false,
      points: { show: false },
      // Nothing is looked up per series: a crowd of points has no nearest one.
      dataIdx: () => null,
      drag: { x: true, y: false, setScale: false },
      sync: { key: SYNC_KEY, setSeries: false, scales: ['x', null] },
      bind: {
        dblclick: () => () => {
          pointing.onReset();
          return null;
        },
      },
    },
  };
}

function timeAxis(scene: Scene): uPlot.Axis {
  return {
    stroke: () => scene.palette.muted,
    font: `${TEXT_PX}px ${scene.palette.font}`,
    grid: { stroke: () => scene.palette.line, width: 1 },
    ticks: { stroke: () => scene.palette.line, width: 1, size: 4 },
    size: 26,
    gap: 2,
    space: 56,
    incrs: SECONDS,
    values: (_, splits, __, ___, increment) => splits.map((split) => secondsText(split, increment)),
  };
}

function secondsText(seconds: number, increment: number): string {
  if (increment < 0.1) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds.toFixed(increment < 1 ? 1 : 0)} s`;
}

function hovered(plot: uPlot, { onHover }: Pointing): void {
  const { left = -1, event } = plot.cursor;
  // Without an event it is the echo of another chart's pointer, or the cursor that a new picture moved.
  if (event) onHover(left < 0 ? undefined : plot.posToVal(left, 'x'));
}

function selected(plot: uPlot, { onSelect }: Pointing): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onSelect(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
}
