import type { Metric } from '../metrics/metric.js';
import type { Estimate } from '../report/model.js';
import { bootstrap, once } from './bootstrap.js';
import { carriesStatistic, isSampleOnly } from './carries.js';
import { forTail } from './sign.js';
import { weighted, type BlockValues } from './weighted.js';

/** An estimate of nothing. */
export const NO_ESTIMATE: Estimate = {
  value: null,
  low: null,
  high: null,
  samples: 0,
  streams: 0,
  blocks: 0,
  sampleOnly: false,
  blockValues: [],
};

/**
 * A metric of all blocks together, with its interval.
 * @param seed of the draws.
 */
export function estimate(metric: Metric, blocks: readonly BlockValues[], seed: number): Estimate {
  const full = blocks.filter(({ values }) => values.length > 0);
  const counts = {
    samples: full.reduce((sum, { values }) => sum + values.length, 0),
    streams: full.reduce((sum, { streams }) => sum + streams, 0),
    blocks: full.length,
  };
  const sampleOnly = isSampleOnly(metric, counts.samples, counts.streams);
  const blockValues = full.map((block) => valueOf(metric, [block]));
  if (!carriesStatistic(metric.statistic, counts.samples))
    return { ...NO_ESTIMATE, ...counts, sampleOnly, blockValues };
  const statistic = weighted(metric.statistic, full);
  const value = finite(statistic(once(full.length)));
  const single = blockValues.map((one) => one ?? Number.NaN);
  const interval = forTail(metric, bootstrap(statistic, full.length, seed), single);
  return { value, low: interval?.low ?? null, high: interval?.high ?? null, ...counts, sampleOnly, blockValues };
}

/** A metric of some blocks, null when they do not carry it. */
export function valueOf({ statistic }: Metric, blocks: readonly BlockValues[]): number | null {
  const samples = blocks.reduce((sum, { values }) => sum + values.length, 0);
  return carriesStatistic(statistic, samples) ? finite(weighted(statistic, blocks)(once(blocks.length))) : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
