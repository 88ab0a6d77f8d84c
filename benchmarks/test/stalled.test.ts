import { expect, it } from 'vitest';

import { resultOf, type Block } from '../src/stalled/report.js';
import { PHASES, type Phase } from '../src/stalled/trial.js';

const MIB = 1024 * 1024;

/** A block in which every phase holds so many MiB and delivers in so many milliseconds. */
function block(figures: Readonly<Record<Phase, readonly [mib: number, ms: number]>>): Block {
  const trials = PHASES.map((phase) => {
    const [mib, ms] = figures[phase];
    // 99 values below, so that the figure is the 99th percentile.
    const latenciesMs = [...Array.from({ length: 98 }, () => 0), ms, ms];
    return [phase, { mode: 'sse' as const, phase, rssBytes: mib * MIB, latenciesMs }];
  });
  return Object.fromEntries(trials) as Block;
}

const fine = block({ nobody: [100, 4], reading: [150, 5], stalled: [200, 8] });

it('takes differences within a block, and their median over the blocks', () => {
  const slow = block({ nobody: [100, 104], reading: [150, 105], stalled: [160, 106] });
  const worse = block({ nobody: [100, 4], reading: [150, 5], stalled: [400, 90] });
  const result = resultOf('sse', [fine, slow, worse]);
  expect(result.memoryAboveReading).toBe(50 * MIB);
  expect(result.latencyAboveNobodyMs).toBe(4);
  expect(result.latencyRatio).toBe(2);
  expect(result.kept).toBe(true);
});

it.each([
  ['memory', { nobody: [100, 4], reading: [150, 5], stalled: [215, 8] }, false],
  ['memory at the limit', { nobody: [100, 4], reading: [150, 5], stalled: [214, 8] }, true],
  ['latency', { nobody: [100, 4], reading: [150, 5], stalled: [160, 9.1] }, false],
  ['latency at the limit', { nobody: [100, 4], reading: [150, 5], stalled: [160, 9] }, true],
] as const)('%s decides', (_, figures, kept) => {
  expect(resultOf('sse', [block(figures)]).kept).toBe(kept);
});
