import type { PaneHandle } from '../pane/handle.js';
import { type Hosts, Picture } from './charts/picture.js';
import { type Figures, figuresOf } from './data/figures.js';
import { RaceView } from './data/race-view.js';
import { fixed, panned, rangeOf, type TimeWindow, zoomed } from './data/time-window.js';
import { Surroundings } from './surroundings.js';

/** Figures are worked out twice a second at most; with reduced motion pictures are, too. */
const SLOW_MS = 500;

/** What the component around the charts shows. A new object each time something has changed. */
export interface StageState {
  readonly window: TimeWindow;
  readonly paused: boolean;
  readonly running: boolean;
  readonly figures: readonly Figures[];
}

/**
 * The three charts and their time: looks at the records once a frame, and draws when something is new or the time moves on.
 * Nothing is drawn while the charts cannot be seen; what came meanwhile is taken all at once.
 */
export class Stage {
  readonly view = new RaceView();
  #hosts: Hosts | undefined;
  #picture: Picture | undefined;
  #surroundings: Surroundings | undefined;
  #frame = 0;
  /** The charts must be made anew before the next picture: for other rows, another width or other colours. */
  #outdated = true;
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
      onChange: () => {
        this.#outdated = true;
      },
      onResize: () => this.#resize(),
    });
    this.#outdated = true;
    this.#frame = requestAnimationFrame(this.#onFrame);
    return () => {
      cancelAnimationFrame(this.#frame);
      this.#surroundings?.stop();
      this.#picture?.destroy();
      this.#picture = undefined;
      this.#hosts = undefined;
    };
  }

  /** Other panes, or other answers in them. When all are new, it is another race, and all of it is shown, live. */
  setPanes(panes: readonly PaneHandle[]): void {
    const before = this.view.rows;
    this.view.setPanes(panes);
    this.#outdated = true;
    this.#untold = true;
    this.#toldMs = Number.NEGATIVE_INFINITY;
    const kept = this.view.rows.some(({ track }) => before.some((row) => row.track === track));
    if (kept || before.length === 0) return;
    const { window } = this.#state;
    this.#tell({ paused: false, window: window.kind === 'fixed' ? { kind: 'whole' } : window });
  }

  setWindow(window: TimeWindow): void {
    this.#dirty = true;
    this.#tell({ window });
  }

  /** Holds the picture; records go on, and are caught up with afterwards. */
  setPaused(paused: boolean): void {
    this.#dirty = true;
    this.#tell({ paused });
    if (paused) this.#picture?.describe(figuresOf(this.view));
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
    return this.#picture?.secondsAt(clientX);
  }

  #range(): { fromMs: number; toMs: number } {
    return rangeOf(this.#state.window, this.view.elapsedMs, this.view.running);
  }

  readonly #onFrame = (): void => {
    this.#frame = requestAnimationFrame(this.#onFrame);
    if (this.#outdated) this.#rebuild();
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
    this.#picture?.draw(this.#range());
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
    this.#picture?.refer();
    this.#tell({ figures: figuresOf(this.view), running: this.view.running });
    if (!this.#state.running) this.#picture?.describe(this.#state.figures);
    // Another transport in mid-answer has other dashes.
    if (modes !== this.#state.figures.map(({ mode }) => mode).join()) this.#outdated = true;
  }

  #rebuild(): void {
    if (!this.#hosts) return;
    this.#picture?.destroy();
    this.#picture = new Picture(this.view, this.#hosts, {
      onSelect: (from, to) => this.setWindow(fixed(from * 1000, (to - from) * 1000, this.view.elapsedMs)),
      onReset: () => this.setWindow({ kind: 'whole' }),
    });
    this.#outdated = false;
    this.#dirty = true;
  }

  #resize(): void {
    // Without a width it is hidden, which is no size to draw in.
    if (!this.#hosts?.charts.clientWidth) return;
    this.#outdated ||= this.#picture?.resize() === false;
    this.#dirty = true;
  }

  #tell(change: Partial<StageState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
