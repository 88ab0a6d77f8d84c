import type { PaneHandle } from '../pane/handle.js';
import { arrivalsDrawing } from './charts/arrivals.js';
import { Chart, type Drawing } from './charts/chart.js';
import { itlDrawing } from './charts/itl.js';
import { Marks } from './charts/marks.js';
import { readPalette } from './charts/palette.js';
import { readoutText } from './charts/readout.js';
import { marginsOf, type Scene } from './charts/scene.js';
import { stepsDrawing } from './charts/steps.js';
import { describe } from './data/describe.js';
import { type Figures, figuresOf } from './data/figures.js';
import { RaceView, type Row } from './data/race-view.js';
import { fixed, panned, rangeOf, type TimeWindow, zoomed } from './data/time-window.js';
import { Surroundings } from './surroundings.js';

/** Below this width labels are inside of the plots, in CSS pixels. */
const NARROW_PX = 620;
/** Figures are worked out twice a second at most; with reduced motion pictures are, too. */
const SLOW_MS = 500;

/** Under the first chart while the pointer is elsewhere. */
export const HINT = 'Drag to zoom in, double-click for all. Keys: + − ← → Home End 0.';

/** What the component around the charts shows. A new object each time something has changed. */
export interface StageState {
  readonly window: TimeWindow;
  readonly paused: boolean;
  readonly running: boolean;
  readonly figures: readonly Figures[];
}

/** The elements to draw in. */
export interface Hosts {
  readonly charts: HTMLElement;
  readonly arrivals: HTMLElement;
  readonly steps: HTMLElement;
  readonly itl: HTMLElement;
  readonly readout: HTMLElement;
}

/**
 * The three charts and their time: looks at the records once a frame, and draws when something is new or the time moves on.
 * Nothing is drawn while the charts cannot be seen; what came meanwhile is taken all at once.
 */
export class Stage {
  readonly view = new RaceView();
  #hosts: Hosts | undefined;
  #scene: Scene | undefined;
  #surroundings: Surroundings | undefined;
  #charts: readonly Chart[] = [];
  #marks: Marks | undefined;
  #frame = 0;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #toldMs = Number.NEGATIVE_INFINITY;
  /** Somebody wants another picture, at once. */
  #dirty = true;
  /** The picture is older than what is known. */
  #stale = false;
  #untold = true;
  #state: StageState = { window: { kind: 'whole' }, paused: false, running: false, figures: [] };
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): StageState => this.#state;

  /** Begins to draw. Gives the function that ends it and leaves nothing behind. */
  mount(hosts: Hosts): () => void {
    this.#hosts = hosts;
    this.#surroundings = new Surroundings(hosts.charts, {
      onChange: () => this.#rebuild(),
      onResize: () => this.#resize(),
    });
    this.#rebuild();
    this.#frame = requestAnimationFrame(this.#onFrame);
    return () => {
      cancelAnimationFrame(this.#frame);
      this.#surroundings?.stop();
      this.#destroyCharts();
      this.#hosts = undefined;
    };
  }

  setPanes(panes: readonly PaneHandle[]): void {
    this.view.setPanes(panes);
    this.#untold = true;
    this.#toldMs = Number.NEGATIVE_INFINITY;
    this.#rebuild();
  }

  setWindow(window: TimeWindow): void {
    this.#dirty = true;
    this.#tell({ window });
  }

  /** Holds the picture; records go on, and are caught up with afterwards. */
  setPaused(paused: boolean): void {
    this.#dirty = true;
    this.#tell({ paused });
    if (paused) this.#describe();
  }

  /** Closer (below 1) or further away, around a moment in seconds; without one, around the end of what is followed. */
  zoom(factor: number, aroundSeconds?: number): void {
    const range = this.#range();
    const anchorMs = aroundSeconds === undefined ? (range.fromMs + range.toMs) / 2 : aroundSeconds * 1000;
    this.setWindow(zoomed(range, factor, anchorMs, this.view.elapsedMs));
  }

  /** Moves by a share of what is seen. */
  pan(share: number): void {
    this.setWindow(panned(this.#range(), share, this.view.elapsedMs));
  }

  /** To the beginning of the race, with the width of now. */
  toStart(): void {
    const { fromMs, toMs } = this.#range();
    this.setWindow(fixed(0, toMs - fromMs, this.view.elapsedMs));
  }

  /** To the present, and on with it. */
  toEnd(): void {
    const { fromMs, toMs } = this.#range();
    this.setWindow({ kind: 'follow', spanMs: toMs - fromMs });
  }

  /** The moment under a point of the page, in seconds since the race began. */
  secondsAt(clientX: number): number | undefined {
    const plot = this.#charts[0]?.plot;
    return plot?.posToVal(clientX - plot.over.getBoundingClientRect().left, 'x');
  }

  #range(): { fromMs: number; toMs: number } {
    return rangeOf(this.#state.window, this.view.elapsedMs, this.view.running);
  }

  readonly #onFrame = (): void => {
    this.#frame = requestAnimationFrame(this.#onFrame);
    const nowMs = performance.now();
    const { paused, window } = this.#state;
    const fresh = !paused && this.view.update(nowMs);
    this.#untold ||= fresh;
    // Kept until it can be drawn: the charts may be out of sight, or it is too early for another picture.
    this.#stale ||= fresh || (!paused && this.view.running && window.kind !== 'fixed');
    const due = this.#dirty || (this.#stale && nowMs - this.#drawnMs >= this.#pauseMs());
    if (due && this.#surroundings?.onScreen) this.#draw(nowMs);
    if (!paused && this.#untold && nowMs - this.#toldMs >= SLOW_MS) this.#tellFigures(nowMs);
  };

  /** Pictures take half of the time at most, so that a slow machine can still read; few are made for who wants no motion. */
  #pauseMs(): number {
    return this.#surroundings?.reducedMotion ? SLOW_MS : Math.min(SLOW_MS, 2 * this.#costMs);
  }

  #draw(nowMs: number): void {
    if (!this.#scene) return;
    this.#scene.range = this.#range();
    for (const chart of this.#charts) chart.draw();
    const [first] = this.#charts;
    if (first) this.#marks?.place(first.plot);
    this.#drawnMs = nowMs;
    this.#costMs = performance.now() - nowMs;
    this.#dirty = false;
    this.#stale = false;
  }

  #tellFigures(nowMs: number): void {
    const before = this.#state;
    const modes = before.figures.map(({ mode }) => mode).join();
    this.#toldMs = nowMs;
    this.#untold = this.view.running;
    if (this.#scene) this.#scene.latest = latestOf(this.view.rows);
    this.#tell({ figures: figuresOf(this.view), running: this.view.running });
    if (!this.#state.running) this.#describe();
    // Another transport in mid-answer has other dashes.
    if (modes !== this.#state.figures.map(({ mode }) => mode).join()) this.#rebuild();
  }

  #describe(): void {
    const words = describe(figuresOf(this.view));
    [words.arrivals, words.steps, words.itl].forEach((text, index) => {
      this.#charts[index]?.canvas.setAttribute('aria-label', text);
    });
  }

  #rebuild(): void {
    const hosts = this.#hosts;
    if (!hosts) return;
    this.#destroyCharts();
    const width = Math.max(200, Math.floor(hosts.charts.clientWidth));
    const narrow = width < NARROW_PX;
    const { left, right } = marginsOf(narrow);
    const palette = readPalette(hosts.charts);
    const scene = {
      view: this.view,
      palette,
      range: this.#range(),
      plotWidth: width - left - right,
      narrow,
      latest: latestOf(this.view.rows),
    };
    this.#scene = scene;
    const make = (host: HTMLElement, drawing: Drawing): Chart =>
      this.#chart(host, drawing, scene, width, hosts.readout);
    this.#charts = [
      make(hosts.arrivals, arrivalsDrawing()),
      make(hosts.steps, stepsDrawing()),
      ...(this.view.rows.length > 0 ? [make(hosts.itl, itlDrawing())] : []),
    ];
    const [first] = this.#charts;
    if (first) this.#marks = new Marks(first.plot, scene);
    this.#dirty = true;
    this.#describe();
  }

  #chart(host: HTMLElement, drawing: Drawing, scene: Scene, width: number, readout: HTMLElement): Chart {
    const chart = new Chart(host, drawing, scene, width, {
      onHover: (seconds) => {
        readout.textContent = seconds === undefined ? HINT : readoutText(this.view, seconds);
      },
      onSelect: (from, to) => this.setWindow(fixed(from * 1000, (to - from) * 1000, this.view.elapsedMs)),
      onReset: () => this.setWindow({ kind: 'whole' }),
    });
    chart.canvas.setAttribute('role', 'img');
    return chart;
  }

  #resize(): void {
    const scene = this.#scene;
    const width = Math.floor(this.#hosts?.charts.clientWidth ?? 0);
    if (!scene || width === 0) return;
    if (width < NARROW_PX !== scene.narrow) return this.#rebuild();
    const { left, right } = marginsOf(scene.narrow);
    scene.plotWidth = width - left - right;
    for (const chart of this.#charts) chart.resize(width);
    this.#dirty = true;
  }

  #destroyCharts(): void {
    for (const chart of this.#charts) chart.destroy();
    this.#charts = [];
  }

  #tell(change: Partial<StageState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The row with the greatest delivery latency. */
function latestOf(rows: readonly Row[]): Row | undefined {
  const late = ({ track }: Row): number => track.latency.quantile(0.95) ?? Number.NEGATIVE_INFINITY;
  return rows.reduce<Row | undefined>((most, row) => (late(row) > (most ? late(most) : 0) ? row : most), undefined);
}
