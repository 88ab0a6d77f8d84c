import { Command, InvalidArgumentError, Option } from 'commander';

import { parse } from '../command-line.js';
import { UsageError } from '../compare/failures.js';
import { parseThreshold } from '../report/check.js';
import { DEFAULT_BLOCKS } from '../run/plan.js';
import { SCENARIOS, scenariosOf } from '../scenarios/index.js';
import { withShowOptions, type ShowOptions } from './rebuild.js';
import type { Scenario, Size } from '../scenarios/scenario.js';

/** What `npm run bench` can be told. */
export interface BenchOptions extends ShowOptions {
  /** Scenarios to run, in the order of the laboratory. */
  readonly scenarios: readonly Scenario[];
  /** `quick`, `full`, or the names that were given. */
  readonly plan: string;
  readonly size: Size;
  /** Of traces, order and resampling. Default 7. */
  readonly seed: number;
  /** Blocks of scenarios that do not say otherwise. Default 6. */
  readonly blocks: number;
  /** Folder for all files. Default `bench-report`. */
  readonly out: string;
  /** Only these targets; default all that are there. */
  readonly targets: readonly string[];
  /** Measure other libraries too. Default true where they are installed. */
  readonly peers: boolean;
}

type Given = Omit<BenchOptions, 'scenarios' | 'plan' | 'targets'> & {
  readonly size: Size | undefined;
  readonly targets: readonly string[] | undefined;
};

/**
 * Reads the command line of a measurement.
 * @returns undefined when help was asked for, and shown.
 * @throws {UsageError} for an unknown scenario or option, or an impossible value.
 */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const command = parse(withShowOptions(define()), argv);
  if (!command) return undefined;
  const { size: asked, targets = [], ...given } = command.opts<Given>();
  const plan = command.args.length > 0 ? command.args : ['quick'];
  const whole = plan.find((name): name is Size => name === 'quick' || name === 'full');
  if (whole && plan.length > 1) throw new UsageError(`"${whole}" is a plan of its own; leave out the other names`);
  // Before anything is measured: a threshold with a slip of the pen would be found after an hour.
  given.max?.forEach(parseThreshold);
  const size = asked ?? whole ?? 'full';
  const scenarios = whole ? scenariosOf(whole) : plan.map(scenarioCalled);
  return { ...given, scenarios, size, targets, plan: plan.join(' ') };
}

function scenarioCalled(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario) return scenario;
  const names = SCENARIOS.map((one) => one.name).join(', ');
  throw new UsageError(`unknown scenario "${name}"; there are quick, full, ${names}`);
}

function define(): Command {
  return new Command('bench')
    .description('The benchmark laboratory: measures scenarios and writes raw data, tables and a page with charts.')
    .argument('[plan...]', 'quick (minutes), full (an hour at most), or names of scenarios; "list" names them')
    .addOption(new Option('--size <size>', 'how much of each scenario').choices(['quick', 'full']))
    .option('--seed <n>', 'seed of traces, order and resampling', number(0, 2 ** 32 - 1), 7)
    .option('--blocks <n>', 'blocks; fewer than 6 cannot be compared', number(1, 1_000), DEFAULT_BLOCKS)
    .option('--out <dir>', 'folder for raw data and reports', 'bench-report')
    .option('--targets <names...>', 'only these targets')
    .option('--no-peers', 'leave other libraries out');
}

function number(low: number, high: number) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Must be a whole number from ${low} to ${high}.`);
  };
}
