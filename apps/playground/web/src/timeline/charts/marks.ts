import type uPlot from 'uplot';
import type { Incident } from '../../pane/pane-record.js';
import { durationText } from '../data/duration.js';
import type { Scene } from './scene.js';

/** Older ones are in the table only. */
const MOST_MARKS = 100;

interface Mark {
  readonly incident: Incident;
  readonly row: number;
  readonly button: HTMLButtonElement;
}

/**
 * Incidents as small buttons over the rows of the first chart: elements and no drawings, so that the keyboard and a screen
 * reader find them. Their text is shown while one has the focus or the pointer.
 */
export class Marks {
  readonly #scene: Scene;
  readonly #layer = document.createElement('div');
  readonly #text = document.createElement('div');
  readonly #marks = new Map<Incident, Mark>();
  readonly #seen: number[] = [];

  constructor(plot: uPlot, scene: Scene) {
    this.#scene = scene;
    this.#layer.className = 'timeline-marks';
    this.#text.className = 'timeline-mark-text';
    this.#text.hidden = true;
    this.#text.setAttribute('aria-hidden', 'true');
    this.#layer.append(this.#text);
    plot.over.append(this.#layer);
  }

  /** Adds new ones and moves all to their places. */
  place(plot: uPlot): void {
    const { view, range } = this.#scene;
    view.rows.forEach(({ pane, track }, row) => {
      const { incidents } = track.record;
      for (let index = this.#seen[row] ?? 0; index < incidents.length; index += 1) {
        const incident = incidents[index];
        if (incident) this.#add(incident, row, pane.title);
      }
      this.#seen[row] = incidents.length;
    });
    const origin = view.originMs ?? 0;
    for (const { incident, row, button } of this.#marks.values()) {
      const ms = incident.atMs - origin;
      button.hidden = ms < range.fromMs || ms > range.toMs;
      if (button.hidden) continue;
      const x = plot.valToPos(ms / 1000, 'x');
      const y = plot.valToPos(row + 1, 'y');
      button.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    }
  }

  #add(incident: Incident, row: number, title: string): void {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'timeline-mark';
    button.dataset['who'] = incident.who;
    const at = durationText(incident.atMs - (this.#scene.view.originMs ?? 0));
    const text = `${title}, ${at}: ${incident.text}`;
    button.setAttribute('aria-label', text);
    const show = (): void => this.#show(button, text);
    const hide = (): void => {
      this.#text.hidden = true;
    };
    button.addEventListener('focus', show);
    button.addEventListener('mouseenter', show);
    button.addEventListener('blur', hide);
    button.addEventListener('mouseleave', hide);
    // A press on a mark is no drag over the chart.
    button.addEventListener('mousedown', (event) => event.stopPropagation());
    this.#layer.append(button);
    this.#marks.set(incident, { incident, row, button });
    const [oldest] = this.#marks.values();
    if (this.#marks.size > MOST_MARKS && oldest) {
      oldest.button.remove();
      this.#marks.delete(oldest.incident);
    }
  }

  #show(button: HTMLButtonElement, text: string): void {
    this.#text.textContent = text;
    this.#text.hidden = false;
    const layer = this.#layer.getBoundingClientRect();
    const mark = button.getBoundingClientRect();
    const left = Math.min(mark.left - layer.left, layer.width - this.#text.offsetWidth);
    this.#text.style.transform = `translate(${Math.max(0, left)}px, ${mark.bottom - layer.top + 4}px)`;
  }
}
