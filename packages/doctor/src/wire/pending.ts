import type { Ending, Limits, Outcome } from './exchange.js';

/** One exchange until it has its one outcome: its clock, its limit, and what becomes of it when either runs out. */
export class Pending {
  /** Set while an answer is coming: ends it, and settles with what came. */
  finish: ((ending: Ending) => void) | undefined;
  readonly #url: URL;
  readonly #limits: Limits;
  readonly #close: () => void;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #timer: NodeJS.Timeout;
  #from = performance.now();
  #connected = false;
  #settled = false;

  /** @param close gives back what the exchange holds; called once, before `resolve` */
  constructor(url: URL, limits: Limits, close: () => void, resolve: (outcome: Outcome) => void) {
    this.#url = url;
    this.#limits = limits;
    this.#close = close;
    this.#resolve = resolve;
    this.#timer = setTimeout(this.#onLimit, limits.limitMs);
    limits.signal.addEventListener('abort', this.#onLimit);
  }

  /** Milliseconds since the request was sent; before that, since the exchange began. */
  readonly now = (): number => performance.now() - this.#from;

  /** There is a connection, and the request goes out now: the limit begins anew. */
  connected(): void {
    this.#connected = true;
    this.#from = performance.now();
    this.#timer.refresh();
  }

  /** The connection broke, or never came to be. */
  readonly fail = ({ code, message }: NodeJS.ErrnoException): void => {
    if (this.finish !== undefined) return this.finish('cut');
    this.settle({
      kind: 'failure',
      url: this.#url,
      stage: this.#connected ? 'speak' : 'connect',
      reason: code ?? message,
    });
  };

  /** The outcome; later ones are dropped. */
  readonly settle = (outcome: Outcome): void => {
    if (this.#settled) return;
    this.#settled = true;
    this.finish = undefined;
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener('abort', this.#onLimit);
    this.#close();
    this.#resolve(outcome);
  };

  readonly #onLimit = (): void => {
    if (this.finish !== undefined) return this.finish('limit');
    if (this.#connected) return this.settle({ kind: 'no-answer', url: this.#url, waitedMs: this.now() });
    this.fail(new Error('no connection within the limit'));
  };
}
