import { Command, CommanderError, InvalidArgumentError } from 'commander';

import { UsageError } from '../compare/failures.js';
import { TARGETS } from './targets.js';

export interface CostOptions {
  /** Blocks; each measures every target once, in shuffled order. Default 5. */
  readonly blocks: number;
  /** Streams at the same time, default 200. */
  readonly streams: number;
  /** Tokens of each, default 300. */
  readonly tokens: number;
  /** Tokens per second of each, default 50. */
  readonly tokensPerSecond: number;
  /** Names of targets beside `net`; default all. */
  readonly targets: readonly string[];
  /** Folder for CPU profiles of the servers; they cost a little themselves. */
  readonly profile?: string;
  readonly json: boolean;
}

/** @returns undefined when help was shown. @throws {UsageError} */
export function readOptions(argv: readonly string[]): CostOptions | undefined {
  const names = TARGETS.map(({ name }) => name);
  const command = new Command('cost')
    .description('CPU per delivered token of our servers and of bare controls, against a bare net socket.')
    .option('--blocks <n>', 'each measures every target once', whole, 5)
    .option('--streams <n>', 'streams at the same time', whole, 200)
    .option('--tokens <n>', 'tokens of each stream', whole, 300)
    .option('--tokens-per-second <n>', 'of each stream', whole, 50)
    .option('--targets <names>', `some of ${names.join(', ')}`, (text) => chosen(text, names), names)
    .option('--profile <dir>', 'write CPU profiles of the servers into this folder')
    .option('--json', 'print all trials as JSON', false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  try {
    return command.parse([...argv], { from: 'user' }).opts<CostOptions>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(`${error.message.replace(/^error: /, '')} (--help lists the options)`);
  }
}

function whole(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 100_000) return value;
  throw new InvalidArgumentError('Must be a whole number from 1 to 100000.');
}

function chosen(text: string, names: readonly string[]): readonly string[] {
  const wanted = text.split(',');
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Unknown target ${JSON.stringify(unknown)}.`);
  return wanted;
}
