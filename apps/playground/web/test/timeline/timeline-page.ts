/** What the test does to the page. Times in milliseconds since the race began. */
export interface TimelinePage {
  /** Gives a pane tokens: each is due 20 ms after the one before, and comes with the next multiple of `everyMs`. */
  readonly fill: (pane: number, tokens: number, everyMs: number) => void;
  readonly note: (pane: number, atMs: number, text: string) => void;
  readonly end: () => void;
  readonly unmount: () => void;
}
