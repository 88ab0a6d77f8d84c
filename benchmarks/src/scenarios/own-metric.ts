import type { Metric } from '../metrics/metric.js';

interface OwnMetric extends Partial<Omit<Metric, 'id' | 'series' | 'statistic' | 'label' | 'definition'>> {
  readonly label: string;
  readonly definition: string;
  /** Percentile; default the mean. */
  readonly p?: number;
}

const MARGIN_MS = { relative: 0.05, absolute: 0.2 } as const;
const MARGIN = { relative: 0.05, absolute: 0 } as const;

/** A metric over a figure that a scenario notes for each stream (`RawStream.extra`). Default unit: milliseconds. */
export function extraMetric(series: string, { p, ...rest }: OwnMetric): Metric {
  const statistic = p === undefined ? ({ kind: 'mean' } as const) : ({ kind: 'percentile', p } as const);
  const id = `${series}.${p === undefined ? 'mean' : `p${p}`}`;
  return { id, series, statistic, unit: 'ms', per: 'stream', better: 'lower', margin: MARGIN_MS, ...rest };
}

/** A metric over a figure that a scenario has once a trial (`RawTrial.values`): the median of the blocks. */
export function trialMetric(series: string, rest: Omit<OwnMetric, 'p'>): Metric {
  const statistic = { kind: 'median-of-blocks' } as const;
  const id = `${series}.median`;
  return { id, series, statistic, unit: 'count', per: 'trial', better: 'lower', margin: MARGIN, ...rest };
}
