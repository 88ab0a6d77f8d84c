/** What a figure is made of, from the values of one trial or of several blocks of trials. */
export type Statistic =
  /** A percentile of all values of all blocks together, by nearest rank. */
  | { readonly kind: 'percentile'; readonly p: number }
  /** The mean of all values of all blocks together. */
  | { readonly kind: 'mean' }
  /** One value a trial; the median of the blocks. */
  | { readonly kind: 'median-of-blocks' };

/** One figure of the tables: what it is called, what it means, how it is worked out. */
export interface Metric {
  /** `delivery.p50`. The part before the dot names the series of values it is worked out of. */
  readonly id: string;
  /** The series of values. */
  readonly series: string;
  readonly statistic: Statistic;
  /** Heading of its column, short. */
  readonly label: string;
  readonly unit: 'ms' | 'µs' | 'bytes' | 'KiB' | 'count' | 'ratio' | 'tokens/s';
  /** What one value of the series stands for. Percentiles need many streams, whatever they are taken of. */
  readonly per: 'token' | 'stream' | 'trial';
  readonly better: 'lower' | 'higher' | 'neither';
  /** The formula, in the letters of `docs/measuring.md`. */
  readonly definition: string;
  /** Differences smaller than both are none. */
  readonly margin: Margin;
  /** Counts: the same in every run, so that a threshold may fail a build. */
  readonly deterministic?: boolean;
}

/** The larger of the two holds. */
export interface Margin {
  readonly relative: number;
  /** In the metric's unit. */
  readonly absolute: number;
}

/** The values of one trial: series → values. */
export type TrialValues = Readonly<Record<string, readonly number[]>>;
