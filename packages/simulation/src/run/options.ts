import { parseArgs } from 'node:util';

export const USAGE = `npm run test:lives -- [options]

Explores the core in virtual time: each life is a random world drawn from one seed.

  --lives N       How many. Default 100000; with --seed alone: 1
  --seed N        The first seed, 0 to 4294967295. Default: drawn, and printed
  --trace         Prints everything that happens. Meant for one life
  --without LIST  Leaves parts of a life out, by their ids: s3,r1,faults. A failure prints what it takes
  --workers N     Threads. Default: as many as processors
`;

export interface Options {
  readonly lives: number;
  readonly seed: number;
  readonly trace: boolean;
  readonly without: ReadonlySet<string>;
  readonly workers: number;
}

/**
 * Reads the command line; undefined when help was asked for.
 * @throws {Error} that says what is wrong, for people.
 */
export function readOptions(args: readonly string[], processors: number, randomSeed: number): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lives: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'boolean' },
      without: { type: 'string' },
      workers: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  return {
    lives: whole('lives', values.lives, values.seed === undefined ? 100_000 : 1, 1),
    seed: whole('seed', values.seed, randomSeed, 0),
    trace: values.trace ?? false,
    without: new Set(values.without?.split(',')),
    workers: whole('workers', values.workers, processors, 1),
  };
}

function whole(name: string, text: string | undefined, otherwise: number, min: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(value) && value >= min && value < 2 ** 32) return value;
  throw new Error(`--${name} takes a whole number from ${min} to ${2 ** 32 - 1}, not ${text}.`);
}
