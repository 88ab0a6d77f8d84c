import { percentile } from '../statistics/percentile.js';
import type { Trial } from './trial.js';

/** One target over all blocks. Ratios are made within a block, where both had the same machine, then ordered. */
export interface CostSummary {
  readonly target: string;
  readonly wholeUs: number;
  readonly whole: Ratio;
  readonly steadyUs: number;
  readonly steady: Ratio;
  readonly bytesPerToken: number;
  readonly generatorShare: number;
}

/** × the reference: median, lowest and highest over the blocks. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * @param blocks trials of each block; every block holds the reference.
 * @param reference name of the target that the others are divided by.
 */
export function summarise(blocks: readonly (readonly Trial[])[], reference: string): readonly CostSummary[] {
  const names = [...new Set(blocks.flatMap((trials) => trials.map(({ target }) => target)))];
  return names.map((target) => {
    const own = blocks.flatMap((trials) => trials.filter((trial) => trial.target === target));
    const median = (value: (trial: Trial) => number) => percentile(own.map(value), 50);
    const ratio = (value: (trial: Trial) => number): Ratio => {
      const ratios = blocks.flatMap((trials) => {
        const [base, trial] = [reference, target].map((name) => trials.find((each) => each.target === name));
        return base && trial ? [value(trial) / value(base)] : [];
      });
      return { median: percentile(ratios, 50), min: Math.min(...ratios), max: Math.max(...ratios) };
    };
    return {
      target,
      wholeUs: median(({ wholeUs }) => wholeUs),
      whole: ratio(({ wholeUs }) => wholeUs),
      steadyUs: median(({ steadyUs }) => steadyUs),
      steady: ratio(({ steadyUs }) => steadyUs),
      bytesPerToken: median(({ bytesPerToken }) => bytesPerToken),
      generatorShare: Math.max(...own.map(({ generatorShare }) => generatorShare)),
    };
  });
}
