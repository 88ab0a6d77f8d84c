/** What is told to whoever draws. */
export interface SurroundingsListener {
  /** Colours changed. */
  readonly onChange: () => void;
  /** The element got another size. */
  readonly onResize: () => void;
}

/** Follows what the picture depends on beside its data: size, visibility, colour scheme, and the wish for less motion. */
export class Surroundings {
  /** Whether a part of the element can be seen. */
  onScreen = true;
  readonly #stops: (() => void)[] = [];
  readonly #lessMotion = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(element: HTMLElement, { onChange, onResize }: SurroundingsListener) {
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
      const media = matchMedia(query);
      media.addEventListener('change', onChange);
      this.#stops.push(() => media.removeEventListener('change', onChange));
    }
    const size = new ResizeObserver(onResize);
    size.observe(element);
    const sight = new IntersectionObserver((entries) => {
      this.onScreen = entries.at(-1)?.isIntersecting ?? true;
    });
    sight.observe(element);
    this.#stops.push(
      () => size.disconnect(),
      () => sight.disconnect(),
    );
  }

  get reducedMotion(): boolean {
    return this.#lessMotion.matches;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }
}
