import type { Metric, Statistic } from '../metrics/metric.js';
import { carries } from './percentile.js';

/**
 * Streams that it takes to say something of the p-th percentile with 95 % confidence: the smallest n with
 * 1 − (p/100)ⁿ ≥ 0.95, so that one of them lies beyond it. p50 takes 5, p95 takes 59, p99 takes 299.
 * Source: Wilks (1941), Determination of sample sizes for setting tolerance limits, in its one-sided form.
 */
export function streamsFor(p: number): number {
  return Math.ceil(Math.log(0.05) / Math.log(Math.max(p, 100 - p) / 100));
}

/** Whether so many values say anything about the statistic at all: a percentile needs one value beyond it. */
export function carriesStatistic(statistic: Statistic, samples: number): boolean {
  return statistic.kind === 'percentile' ? carries(samples, Math.max(statistic.p, 100 - statistic.p)) : samples > 0;
}

/**
 * Whether a percentile describes this sample only. Tokens of one stream are not independent of each other, so streams
 * count, whatever the percentile is taken of; where there is one value a trial, trials count.
 */
export function isSampleOnly({ statistic, per }: Metric, samples: number, streams: number): boolean {
  return statistic.kind === 'percentile' && (per === 'trial' ? samples : streams) < streamsFor(statistic.p);
}
