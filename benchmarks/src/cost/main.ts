import { cpus } from 'node:os';

import { seededRandom } from '@tokenwire/token-source';
import Table from 'cli-table3';

import { InvalidMeasurement, messageOf, UsageError } from '../compare/failures.js';
import { short } from '../compare/numbers.js';
import { shuffled } from '../compare/order.js';
import { canPin } from './node-process.js';
import { readOptions, type CostOptions } from './options.js';
import { summarise, type CostSummary, type Ratio } from './summary.js';
import { TARGETS } from './targets.js';
import { runTrial, type Trial } from './trial.js';

const REFERENCE = 'net';
/** Of answer and order. */
const SEED = 7;
const TTFT_MS = 300;
/** Share of a processor above which the generator may have held the servers up. */
const GENERATOR_LIMIT = 0.8;

/** Runs the benchmark; the table goes to standard output, progress to standard error. @returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (!options) return 0;
    const blocks = await measure(options);
    const summaries = summarise(blocks, REFERENCE);
    process.stdout.write(
      `${options.json ? JSON.stringify({ options, blocks, summaries }) : render(summaries, options)}\n`,
    );
    return 0;
  } catch (error) {
    process.stderr.write(`cost: ${messageOf(error)}\n`);
    if (error instanceof UsageError) return 2;
    if (error instanceof InvalidMeasurement) return 3;
    throw error;
  }
}

async function measure({
  blocks,
  streams,
  tokens,
  tokensPerSecond,
  targets,
  profile,
}: CostOptions): Promise<Trial[][]> {
  if (!canPin) process.stderr.write('no taskset here: server and generator may share a processor\n');
  const load = { tokens, tokensPerSecond, ttftMs: TTFT_MS, seed: SEED };
  const chosen = TARGETS.filter(({ name }) => name === REFERENCE || targets.includes(name));
  const random = seededRandom(SEED);
  const results: Trial[][] = [];
  for (let block = 1; block <= blocks; block += 1) {
    const trials: Trial[] = [];
    for (const target of shuffled(chosen, random)) {
      const trial = await runTrial(target, { load, streams, profile });
      const { wholeUs, steadyUs, generatorShare } = trial;
      process.stderr.write(
        `block ${block}/${blocks} ${target.name.padEnd(9)} ${short(wholeUs)} µs/token, steady ${short(steadyUs)}\n`,
      );
      if (generatorShare > GENERATOR_LIMIT) {
        throw new InvalidMeasurement(
          `the generator was the bottleneck (${short(generatorShare * 100)} % of a processor)`,
        );
      }
      trials.push(trial);
    }
    results.push(trials);
  }
  return results;
}

function render(summaries: readonly CostSummary[], { blocks, streams, tokens, tokensPerSecond }: CostOptions): string {
  const table = new Table({
    head: ['target', 'µs/token', '× net (min–max)', 'steady µs/token', '× net (min–max)', 'B/token'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const shown = ({ median, min, max }: Ratio) => `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
  // In the order of the list, not in that of the first block.
  for (const { name } of TARGETS) {
    const summary = summaries.find(({ target }) => target === name);
    if (!summary) continue;
    const { wholeUs, whole, steadyUs, steady, bytesPerToken } = summary;
    table.push([name, short(wholeUs), shown(whole), short(steadyUs), shown(steady), short(bytesPerToken)]);
  }
  const where = canPin ? 'server and generator on processors of their own' : 'not pinned';
  return [
    table.toString(),
    `CPU of the server process, user and kernel, per delivered token; medians of ${blocks} blocks, ratios within a block.`,
    `${streams} streams of ${tokens} tokens at ${tokensPerSecond}/s (model sim, first token after ${TTFT_MS} ms, no jitter), ${where}.`,
    'Whole: a fresh process from its first request to its last answer. Steady: while all streams run.',
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}. Ratios, not absolutes.`,
  ].join('\n');
}
