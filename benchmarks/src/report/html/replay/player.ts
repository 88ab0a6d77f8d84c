/**
 * Plays the recorded arrivals of all lanes on one clock. Runs in the page, compiled and put inline: no import.
 * Texts are put into text nodes only, so that nothing in an answer becomes markup.
 */
import type { ReplayData, ReplayDataLane } from './replay-data.js';

/** With reduced motion the clock moves in steps of so many milliseconds. */
const STEP_MS = 500;
/** A page that was hidden does not jump ahead. */
const LONGEST_FRAME_MS = 100;

/** One lane: shows what had arrived at a moment. */
class Lane {
  readonly #data: ReplayDataLane;
  readonly #element: Element;
  readonly #text: Element;
  readonly #status: Element;
  readonly #head: HTMLElement;
  /** The whole answer, and how long it is after each token. */
  readonly #whole: string;
  readonly #lengths: readonly number[];
  #shown = -1;

  constructor(data: ReplayDataLane, tokens: readonly string[], element: Element) {
    this.#data = data;
    this.#element = element;
    this.#text = find(element, '[data-text]');
    this.#status = find(element, '[data-status]');
    this.#head = find(element, '[data-head]');
    this.#whole = tokens.join('');
    let length = 0;
    this.#lengths = [0, ...tokens.map((token) => (length += token.length))];
  }

  show(ms: number, endMs: number): void {
    const { arrivalsMs, stalls } = this.#data;
    const arrived = countUntil(arrivalsMs, ms);
    if (arrived !== this.#shown) {
      this.#shown = arrived;
      this.#text.textContent = this.#whole.slice(0, this.#lengths[arrived]);
      this.#text.scrollTop = this.#text.scrollHeight;
    }
    const stall = stalls.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
    this.#element.toggleAttribute('data-stalled', stall !== undefined);
    this.#element.toggleAttribute('data-done', arrived === arrivalsMs.length);
    this.#head.style.transform = `translateX(${(100 * ms) / endMs}%)`;
    const state = stall ? ` · stalled ${seconds(ms - stall.fromMs)}` : '';
    const done = arrived === arrivalsMs.length ? ` · done at ${seconds(arrivalsMs.at(-1) ?? 0)}` : state;
    this.#status.textContent = `${arrived}/${arrivalsMs.length}${done}`;
  }

  /** When the next token comes; infinite after the last. */
  nextAfter(ms: number): number {
    const { arrivalsMs } = this.#data;
    return arrivalsMs[countUntil(arrivalsMs, ms)] ?? Number.POSITIVE_INFINITY;
  }
}

/** The clock and the controls. */
class Player {
  readonly #root: HTMLElement;
  readonly #endMs: number;
  readonly #lanes: readonly Lane[];
  readonly #play: HTMLElement;
  readonly #scrub: HTMLInputElement;
  readonly #clock: Element;
  readonly #reduced = matchMedia('(prefers-reduced-motion: reduce)');
  #ms = 0;
  #speed = 1;
  #playing = false;
  #frameAt = 0;
  /** Counts starts: a frame of an earlier one is void. */
  #run = 0;

  constructor(root: HTMLElement, { endMs, lanes, texts }: ReplayData) {
    this.#root = root;
    this.#endMs = endMs;
    this.#lanes = lanes.map(
      (lane, index) => new Lane(lane, texts[lane.text] ?? [], find(root, `[data-lane="${index}"]`)),
    );
    this.#play = find(root, '[data-do="play"]');
    this.#scrub = find(root, '[data-scrub]') as HTMLInputElement;
    this.#clock = find(root, '[data-clock]');
    this.#listen();
    this.#show(0);
  }

  #listen(): void {
    this.#play.addEventListener('click', () => (this.#playing ? this.pause() : this.play()));
    find(this.#root, '[data-do="restart"]').addEventListener('click', () => {
      this.#show(0);
      this.play();
    });
    find(this.#root, '[data-do="step"]').addEventListener('click', () => {
      this.pause();
      this.#show(Math.min(this.#endMs, ...this.#lanes.map((lane) => lane.nextAfter(this.#ms))));
    });
    this.#scrub.addEventListener('input', () => this.#show(Number(this.#scrub.value)));
    const speed = find(this.#root, '[data-speed]') as HTMLSelectElement;
    speed.addEventListener('change', () => (this.#speed = Number(speed.value)));
    const lanes = find(this.#root, '[data-lanes]');
    const others = this.#root.querySelector<HTMLInputElement>('[data-others]');
    others?.addEventListener('change', () => lanes.toggleAttribute('data-all', others.checked));
    // Browsers restore what was ticked before a reload.
    if (others) lanes.toggleAttribute('data-all', others.checked);
  }

  play(): void {
    if (this.#ms >= this.#endMs) this.#show(0);
    this.#setPlaying(true);
    this.#frameAt = performance.now();
    const run = (this.#run += 1);
    const reduced = this.#reduced.matches;
    const next = (frame: (now: number) => void) =>
      reduced ? setTimeout(() => frame(performance.now()), STEP_MS / this.#speed) : requestAnimationFrame(frame);
    const frame = (now: number): void => {
      if (!this.#playing || run !== this.#run) return;
      // The first frame may carry a time from before the click.
      const passed = Math.min(Math.max(0, now - this.#frameAt), LONGEST_FRAME_MS) * this.#speed;
      this.#frameAt = now;
      this.#show(Math.min(this.#endMs, this.#ms + (reduced ? STEP_MS : passed)));
      if (this.#ms >= this.#endMs) this.#setPlaying(false);
      else next(frame);
    };
    next(frame);
  }

  pause(): void {
    this.#setPlaying(false);
  }

  /** Plays once, when it comes into view. With reduced motion it waits for the reader. */
  playWhenSeen(): void {
    if (this.#reduced.matches) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        if (this.#ms === 0) this.play();
      },
      { threshold: 0.4 },
    );
    observer.observe(find(this.#root, '[data-lanes]'));
  }

  #setPlaying(playing: boolean): void {
    this.#playing = playing;
    this.#play.textContent = playing ? 'Pause' : 'Play';
    this.#root.dataset['state'] = playing ? 'playing' : this.#ms >= this.#endMs ? 'done' : 'paused';
  }

  #show(ms: number): void {
    this.#ms = ms;
    for (const lane of this.#lanes) lane.show(ms, this.#endMs);
    this.#scrub.value = String(Math.round(ms));
    this.#scrub.setAttribute('aria-valuetext', `${seconds(ms)} of ${seconds(this.#endMs)}`);
    this.#clock.textContent = seconds(ms);
  }
}

/** How many of the ascending times are not after `ms`. */
function countUntil(times: readonly number[], ms: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Number.POSITIVE_INFINITY) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** @throws when the page, which is made together with this script, lacks it. */
function find(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

const root = document.querySelector<HTMLElement>('[data-replay]');
if (root) new Player(root, JSON.parse(find(document, '#replay-data').textContent) as ReplayData).playWhenSeen();
