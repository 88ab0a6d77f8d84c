/** A distribution's figures in milliseconds; undefined: nothing was counted. */
export interface Spread {
  readonly count: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly max: number | undefined;
}

/**
 * Counts durations by the tenth of a millisecond, which is as finely as a browser's clock goes (or anything else by its tenths). Percentiles are by nearest
 * rank over all values, as everywhere in this project; no value is ever thrown away.
 */
export class Tally {
  readonly #counts = new Map<number, number>();
  #sorted: readonly number[] | undefined;
  #count = 0;
  #max: number | undefined;

  /** The greatest value, in milliseconds; undefined when nothing was counted. */
  get max(): number | undefined {
    return this.#max;
  }

  get count(): number {
    return this.#count;
  }

  add(ms: number, times = 1): void {
    if (times <= 0) return;
    const tenths = Math.round(ms * 10);
    const known = this.#counts.get(tenths);
    if (known === undefined) this.#sorted = undefined;
    this.#counts.set(tenths, (known ?? 0) + times);
    this.#count += times;
    this.#max = Math.max(this.#max ?? tenths / 10, tenths / 10);
  }

  /** The smallest value that at least this share (0 to 1) of all values are not above. Cost: one pass over different values. */
  quantile(share: number): number | undefined {
    this.#sorted ??= [...this.#counts.keys()].sort((left, right) => left - right);
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const tenths of this.#sorted) {
      seen += this.#counts.get(tenths) ?? 0;
      if (seen >= rank) return tenths / 10;
    }
    return undefined;
  }

  spread(): Spread {
    return {
      count: this.#count,
      p50: this.quantile(0.5),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
      max: this.#max,
    };
  }
}
