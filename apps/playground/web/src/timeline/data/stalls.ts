import { Tally } from './tally.js';

/** A silence that is no part of the mode's usual rhythm. Milliseconds of `performance.now`. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
}

const AT_LEAST_MS = 500;
const TIMES_USUAL = 5;
/** Before so many gaps nobody can say what is usual. */
const LEARN = 3;

/**
 * Finds stalls: more than 500 ms without an event, and more than five times the usual gap, which is the median of all gaps
 * before. So the steps of polling are none, and the wait for the first token is not one either.
 */
export class StallFinder {
  readonly stalls: Stall[] = [];
  readonly #gaps = new Tally();

  /** Another heap came, so long after the one before. */
  gap(fromMs: number, toMs: number): void {
    if (this.#isStall(toMs - fromMs)) this.stalls.push({ fromMs, toMs });
    this.#gaps.add(toMs - fromMs);
  }

  /** The silence since `fromMs`, if it is a stall already. */
  open(fromMs: number, nowMs: number): Stall | undefined {
    return this.#isStall(nowMs - fromMs) ? { fromMs, toMs: nowMs } : undefined;
  }

  #isStall(ms: number): boolean {
    if (ms <= AT_LEAST_MS || this.#gaps.count < LEARN) return false;
    return ms > TIMES_USUAL * (this.#gaps.quantile(0.5) ?? 0);
  }
}
