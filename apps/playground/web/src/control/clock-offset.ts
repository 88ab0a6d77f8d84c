/**
 * How far the host's clock is from the page's. Half of the quickest round trip is the most that it can be wrong by, if
 * both ways took equally long it is not wrong at all (D. L. Mills, RFC 5905, section 8).
 */
export class ClockOffset {
  #offsetMs = 0;
  #errorMs = Number.POSITIVE_INFINITY;

  /** The most that `toPage` may be wrong by, in milliseconds; infinite before the first answer. */
  get errorMs(): number {
    return this.#errorMs;
  }

  /** Begins a new measurement: the first answer counts, whatever is known. */
  begin(): void {
    this.#errorMs = Number.POSITIVE_INFINITY;
  }

  /** One question and its answer; page times in milliseconds of `performance.now`. */
  take(sentMs: number, hostMs: number, receivedMs: number): void {
    const errorMs = (receivedMs - sentMs) / 2;
    if (errorMs >= this.#errorMs) return;
    this.#errorMs = errorMs;
    this.#offsetMs = hostMs - (sentMs + receivedMs) / 2;
  }

  /** A time of the host as `performance.now` of the page. */
  toPage(hostMs: number): number {
    return hostMs - this.#offsetMs;
  }
}
