import { TokenwireError, type Clock } from '@tokenwire/protocol';
import type { UpstreamLimits } from './limits.js';

/** A model that said why it stopped need not be waited for much longer: only usage can follow. */
const AFTER_FINISH_MS = 5_000;

/**
 * Watches that content keeps coming. One timer for a whole answer: content only moves the deadline, and the
 * timer, when it fires too early, is set again for the rest.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #limits: UpstreamLimits;
  readonly #expire: (error: TokenwireError) => void;
  readonly #totalAtMs: number;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #armedForMs = Number.POSITIVE_INFINITY;
  #started = false;
  #callOff: (() => void) | undefined;

  /** @param expire called once at most, with `upstream_timeout` or `upstream_stalled`. */
  constructor(clock: Clock, limits: UpstreamLimits, expire: (error: TokenwireError) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#expire = expire;
    this.#totalAtMs = clock.now() + limits.totalMs;
  }

  /** A new attempt begins: the time to the first content starts again, the total does not. */
  attempt(): void {
    this.#expectWithin(this.#limits.firstTokenMs);
  }

  /** The reader is busy: until `content` or `finished` is called, only the total counts. */
  pause(): void {
    this.#deadlineMs = this.#totalAtMs;
  }

  /** Content came, and more is expected from now. */
  content(): void {
    this.#started = true;
    this.#expectWithin(this.#limits.contentIdleMs);
  }

  /** The model gave its reason for stopping. */
  finished(): void {
    this.#started = true;
    this.#expectWithin(Math.min(AFTER_FINISH_MS, this.#limits.contentIdleMs));
  }

  /** No timer is left after this. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #expectWithin(ms: number): void {
    this.#deadlineMs = Math.min(this.#clock.now() + ms, this.#totalAtMs);
    if (this.#deadlineMs < this.#armedForMs) this.#arm();
  }

  #arm(): void {
    this.#callOff?.();
    this.#armedForMs = this.#deadlineMs;
    const delayMs = Math.max(0, Math.ceil(this.#deadlineMs - this.#clock.now()));
    this.#callOff = this.#clock.after(delayMs, () => {
      if (this.#clock.now() < this.#deadlineMs) this.#arm();
      else this.#expire(this.#reason());
    });
  }

  #reason(): TokenwireError {
    if (this.#deadlineMs >= this.#totalAtMs) {
      return new TokenwireError('upstream_timeout', 'The model took longer than the limit for a whole answer.');
    }
    return this.#started
      ? new TokenwireError('upstream_stalled', 'The model fell silent in the middle of its answer.')
      : new TokenwireError('upstream_timeout', 'The model did not begin to answer in time.');
  }
}
