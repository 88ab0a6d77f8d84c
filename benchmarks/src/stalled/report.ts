import Table from 'cli-table3';

import { short } from '../compare/numbers.js';
import { percentile } from '../statistics/percentile.js';
import { CROWD_MODES, type CrowdMode } from './crowd.js';
import { PHASES, type Phase, type Trial } from './trial.js';

/** What is promised of a thousand readers that never read. */
const LIMIT_BYTES = 64 * 1024 * 1024;
const LIMIT_MS = 5;
const MIB = 1024 * 1024;

/** One mode: medians of its blocks; differences and ratios are taken within a block. */
export interface ModeResult {
  readonly mode: CrowdMode;
  readonly rssBytes: Readonly<Record<Phase, number>>;
  readonly p99Ms: Readonly<Record<Phase, number>>;
  /** Memory with stalled readers, above that with as many that read. */
  readonly memoryAboveReading: number;
  /** Latency with stalled readers, above that without a crowd. */
  readonly latencyAboveNobodyMs: number;
  readonly latencyRatio: number;
  readonly kept: boolean;
}

/** One block: each phase once. */
export type Block = Readonly<Record<Phase, Trial>>;

export function resultOf(mode: CrowdMode, blocks: readonly Block[]): ModeResult {
  const median = (value: (block: Block) => number): number => percentile(blocks.map(value), 50);
  const each = (value: (trial: Trial) => number) =>
    Object.fromEntries(PHASES.map((phase) => [phase, median((block) => value(block[phase]))])) as Record<Phase, number>;
  const memoryAboveReading = median(({ stalled, reading }) => stalled.rssBytes - reading.rssBytes);
  const latencyAboveNobodyMs = median(({ stalled, nobody }) => p99(stalled) - p99(nobody));
  return {
    mode,
    rssBytes: each(({ rssBytes }) => rssBytes),
    p99Ms: each(p99),
    memoryAboveReading,
    latencyAboveNobodyMs,
    latencyRatio: median(({ stalled, nobody }) => p99(stalled) / p99(nobody)),
    kept: memoryAboveReading <= LIMIT_BYTES && latencyAboveNobodyMs <= LIMIT_MS,
  };
}

const p99 = ({ latenciesMs }: Trial): number => percentile(latenciesMs, 99);

export function render(
  results: readonly ModeResult[],
  sizes: { readonly crowd: number; readonly honest: number },
): string {
  const table = new Table({
    head: [
      'mode',
      'MiB nobody',
      'reading',
      'stalled',
      'above reading',
      'p99 ms nobody',
      'reading',
      'stalled',
      'above nobody',
      '×',
    ],
    colAligns: ['left', ...Array.from({ length: 9 }, () => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const mode of CROWD_MODES) {
    const result = results.find((one) => one.mode === mode);
    if (!result) continue;
    const { rssBytes, p99Ms, memoryAboveReading, latencyAboveNobodyMs, latencyRatio } = result;
    const memory = [...PHASES.map((phase) => rssBytes[phase]), memoryAboveReading].map((bytes) =>
      (bytes / MIB).toFixed(0),
    );
    const latency = [...PHASES.map((phase) => p99Ms[phase]), latencyAboveNobodyMs].map((ms) => short(ms));
    table.push([mode, ...memory, ...latency, latencyRatio.toFixed(2)]);
  }
  const verdict = results.every(({ kept }) => kept) ? 'kept' : 'not kept';
  return [
    table.toString(),
    `${sizes.crowd} readers that do nothing, read, or never read one long answer, beside ${sizes.honest} readers of answers of their own.`,
    'Memory is what the server holds at most; latency is from the moment a token was due until the client had it.',
    `At most ${LIMIT_BYTES / MIB} MiB above reading, and ${LIMIT_MS} ms above nobody: ${verdict}.`,
  ].join('\n');
}
