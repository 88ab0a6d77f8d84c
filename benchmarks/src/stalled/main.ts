import { seededRandom } from '@tokenwire/token-source';
import { Command, Option } from 'commander';

import { parse, whole } from '../command-line.js';
import { messageOf, UsageError } from '../compare/failures.js';
import { shuffled } from '../compare/order.js';
import { CROWD_MODES, type CrowdMode } from './crowd.js';
import { render, resultOf, type Block, type ModeResult } from './report.js';
import { PHASES, runTrial } from './trial.js';

export interface StalledOptions {
  /** Default all in which a server writes by itself. */
  readonly modes: readonly CrowdMode[];
  /** Readers that read nothing, default 1 000. */
  readonly crowd: number;
  /** Readers that are measured, default 100. */
  readonly honest: number;
  /** Each measures every phase once, default 3. */
  readonly blocks: number;
  readonly json: boolean;
}

const SEED = 7;

/** Runs the check; the table goes to standard output, progress to standard error. @returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (!options) return 0;
    const results = await measure(options);
    process.stdout.write(`${options.json ? JSON.stringify({ options, results }) : render(results, options)}\n`);
    return results.every(({ kept }) => kept) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`stalled: ${messageOf(error)}\n`);
    return 2;
  }
}

function readOptions(argv: readonly string[]): StalledOptions | undefined {
  const command = new Command('stalled')
    .description('Readers that never read, beside readers that do: memory of the server, and delivery to the others.')
    .addOption(new Option('--modes <mode...>', 'modes to measure').choices(CROWD_MODES).default([...CROWD_MODES]))
    .option('--crowd <n>', 'readers that read nothing', whole, 1_000)
    .option('--honest <n>', 'readers that are measured', whole, 100)
    .option('--blocks <n>', 'each measures every phase once', whole, 3)
    .option('--json', 'print the figures as JSON', false);
  return parse(command, argv)?.opts<StalledOptions>();
}

async function measure({ modes, crowd, honest, blocks: count }: StalledOptions): Promise<ModeResult[]> {
  const random = seededRandom(SEED);
  const results: ModeResult[] = [];
  for (const mode of modes) {
    const blocks: Block[] = [];
    for (let block = 1; block <= count; block += 1) {
      const trials: Partial<Block> = {};
      for (const phase of shuffled(PHASES, random)) {
        Object.assign(trials, { [phase]: await runTrial({ mode, phase, crowd, honest }) });
        process.stderr.write(`${mode}: block ${block} of ${count}, ${phase}\n`);
      }
      blocks.push(trials as Block);
    }
    results.push(resultOf(mode, blocks));
  }
  return results;
}
