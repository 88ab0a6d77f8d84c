/**
 * How often a 95 % interval holds what it should, counted on simulated runs of six blocks. The plain percentile
 * bootstrap is counted beside it: it is the reason for doing more.
 */
import { seededRandom } from '@tokenwire/token-source';
import { describe, expect, it } from 'vitest';

import { metricOf } from '../../src/metrics/registry.js';
import { draws } from '../../src/statistics/bootstrap.js';
import { compare } from '../../src/statistics/compare.js';
import { weighted, type BlockValues } from '../../src/statistics/weighted.js';

const RUNS = 200;
const BLOCKS = 6;
const random = seededRandom(20);

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A run of which the true difference is known: both sides have blocks of their own luck, and `shift` between them. */
function side(shift: number, valueOf: (luck: number) => number): BlockValues[] {
  return Array.from({ length: BLOCKS }, (_, block) => {
    const luck = normal();
    return { block, values: Float64Array.from({ length: 120 }, () => shift + valueOf(luck)), streams: 20 };
  });
}

const SHIFT = 3;
const KINDS: readonly (readonly [name: string, metric: string, valueOf: (luck: number) => number])[] = [
  ['medians, normal noise', 'delivery.p50', (luck) => 0.3 * luck + 0.5 * normal()],
  ['medians, skewed noise', 'delivery.p50', (luck) => Math.exp(0.4 * luck + 0.5 * normal())],
  ['means, skewed noise', 'delivery.mean', (luck) => Math.exp(0.3 * luck + 0.5 * normal())],
  ['p95, normal noise', 'delivery.p95', (luck) => 0.3 * luck + 0.5 * normal()],
  ['p95, skewed noise', 'delivery.p95', (luck) => Math.exp(0.4 * luck + 0.5 * normal())],
];

describe('intervals of six blocks', () => {
  it.each(KINDS)('hold the true difference in 95 % of the runs: %s', { timeout: 60_000 }, (_, id, valueOf) => {
    const metric = metricOf(id);
    let held = 0;
    let heldByPercentile = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const [target, reference] = [side(SHIFT, valueOf), side(0, valueOf)];
      const { low, high } = compare(metric, target, reference, run).difference;
      if ((low ?? 0) <= SHIFT && SHIFT <= (high ?? 0)) held += 1;
      const [own, other] = [weighted(metric.statistic, target), weighted(metric.statistic, reference)];
      const plain = Float64Array.from(draws(BLOCKS, run), (weights) => own(weights) - other(weights)).sort();
      if ((plain[49] ?? 0) <= SHIFT && SHIFT <= (plain[1950] ?? 0)) heldByPercentile += 1;
    }
    // 95 %, less two standard errors of 200 runs.
    expect(held / RUNS).toBeGreaterThanOrEqual(0.92);
    expect(heldByPercentile / RUNS).toBeLessThan(0.92);
  });
});
