import { Command, InvalidArgumentError, Option } from 'commander';

import { parse } from '../command-line.js';

/** What `npm run compare` can be told. Durations in milliseconds unless the name says otherwise. */
export interface CompareOptions {
  /** Model that answers; it has to give the same answer to the same seed. Default `tiny`. */
  readonly model: string;
  readonly prompt: string;
  /** Most tokens of an answer, default 100. */
  readonly tokens: number;
  /** Mean rate of the model after its first token, default 100. */
  readonly tokensPerSecond: number;
  /** Seed of the answer, of its timetable and of the order of the modes, default 7. */
  readonly seed: number;
  /** Blocks; each measures every mode once, default 3. */
  readonly runs: number;
  /** Answers streamed at the same time in each run, default 8. */
  readonly streams: number;
  /** Folder for `report.json` and `report.md`, default `compare-report`. */
  readonly out: string;
  /** Print the report as JSON instead of the table. */
  readonly json: boolean;
}

const PROMPT = 'How does a streamed answer travel from the model to the reader?';

/**
 * Reads the command line.
 * @returns undefined when help was asked for, and shown.
 * @throws {UsageError} for an unknown option or an impossible value.
 */
export function readOptions(argv: readonly string[]): CompareOptions | undefined {
  return parse(define(), argv)?.opts<CompareOptions>();
}

function define(): Command {
  return new Command('compare')
    .description('Streams one seeded answer over all modes and the batch baseline, and compares them.')
    .option('--model <name>', 'model that answers', text, 'tiny')
    .option('--prompt <text>', 'what it is asked', text, PROMPT)
    .addOption(number('tokens', 100, 2, 100_000, 'most tokens of the answer', Number.isInteger))
    .addOption(number('tokens-per-second', 100, 0.01, 1_000_000, 'rate of the model after its first token'))
    .addOption(number('seed', 7, 0, 2 ** 32 - 1, 'seed of answer, timetable and order', Number.isInteger))
    .addOption(number('runs', 3, 1, 1_000, 'blocks; each measures every mode once', Number.isInteger))
    .addOption(number('streams', 8, 1, 100, 'answers at the same time in a run', Number.isInteger))
    .option('--out <dir>', 'folder for report.json and report.md', text, 'compare-report')
    .option('--json', 'print the report as JSON instead of the table', false);
}

function text(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('Must not be empty.');
  return value;
}

function number(
  flag: string,
  value: number,
  low: number,
  high: number,
  help: string,
  accepts: (parsed: number) => boolean = Number.isFinite,
): Option {
  return new Option(`--${flag} <n>`, help).default(value).argParser((given) => {
    const parsed = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
    if (parsed >= low && parsed <= high && accepts(parsed)) return parsed;
    const kind = accepts === Number.isInteger ? 'a whole number' : 'a number';
    throw new InvalidArgumentError(`Must be ${kind} from ${low} to ${high}.`);
  });
}
