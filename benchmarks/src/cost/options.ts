import { Command, InvalidArgumentError } from 'commander';

import { parse, whole } from '../command-line.js';
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
    .option('--json', 'print all trials as JSON', false);
  return parse(command, argv)?.opts<CostOptions>();
}

function chosen(text: string, names: readonly string[]): readonly string[] {
  const wanted = text.split(',');
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Unknown target ${JSON.stringify(unknown)}.`);
  return wanted;
}
