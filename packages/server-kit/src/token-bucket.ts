import type { Clock } from '@tokenwire/protocol';

export interface TokenBucketOptions {
  readonly clock: Clock;
  /** Won back per second. */
  readonly perSecond: number;
  /** Allowed at once, and the most that is saved up. */
  readonly burst: number;
}

/** Allows a rate, and bursts up to a limit. Two numbers; no timer. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #level: number;
  #atMs: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#level = options.burst;
    this.#atMs = options.clock.now();
  }

  /** Takes one, if there is one. @returns 0 when taken, otherwise the milliseconds until there will be one. */
  take(): number {
    if (this.#refilled() < 1) return this.#msUntil(1);
    this.#level -= 1;
    return 0;
  }

  /** Takes one in any case, also in advance. @returns the milliseconds to wait before using it. */
  borrow(): number {
    this.#level = this.#refilled() - 1;
    return this.#msUntil(0);
  }

  #refilled(): number {
    const { clock, perSecond, burst } = this.#options;
    const nowMs = clock.now();
    this.#level = Math.min(burst, this.#level + ((nowMs - this.#atMs) / 1000) * perSecond);
    this.#atMs = nowMs;
    return this.#level;
  }

  #msUntil(level: number): number {
    return Math.max(0, ((level - this.#level) * 1000) / this.#options.perSecond);
  }
}
