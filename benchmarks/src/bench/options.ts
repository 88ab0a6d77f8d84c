import { basename } from 'node:path';

import { Command, InvalidArgumentError, Option } from 'commander';

import { parse } from '../command-line.js';
import { UsageError } from '../compare/failures.js';
import { parseThreshold } from '../report/check.js';
import { DEFAULT_BLOCKS } from '../run/plan.js';
import { SCENARIOS, scenariosOf } from '../scenarios/index.js';
import { withShowOptions, type ShowOptions } from './rebuild.js';
import type { Scenario, Size } from '../scenarios/scenario.js';
import { recordedTrace } from '../trace/recorded.js';
import type { TraceSpec } from '../trace/trace.js';

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
  /** Recorded answer that recordable scenarios play. Default: they draw their traces. */
  readonly recording?: TraceSpec | undefined;
  /** The command line, without the folder of the recording. */
  readonly argv: readonly string[];
  /** Measure other libraries too. Default true where they are installed. */
  readonly peers: boolean;
}

/** Scenarios that may play a recorded answer. All others need a trace made for their question. */
const RECORDABLE = SCENARIOS.flatMap(({ name, recordable }) => (recordable ? name : [])).join(', ');

type Given = Omit<BenchOptions, 'scenarios' | 'plan' | 'targets' | 'recording' | 'argv'> & {
  readonly recording: string | undefined;
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
  const { size: asked, targets = [], recording: path, ...given } = command.opts<Given>();
  const plan = command.args.length > 0 ? command.args : ['quick'];
  const whole = plan.find((name): name is Size => name === 'quick' || name === 'full');
  if (whole && plan.length > 1) throw new UsageError(`"${whole}" is a plan of its own; leave out the other names`);
  // Before anything is measured: a threshold with a slip of the pen would be found after an hour.
  given.max?.forEach(parseThreshold);
  const size = asked ?? whole ?? 'full';
  const scenarios = whole ? scenariosOf(whole) : plan.map(scenarioCalled);
  const recording = path === undefined ? undefined : recordingFor(scenarios, path);
  return { ...given, scenarios, size, targets, recording, argv: argvWithout(path, argv), plan: plan.join(' ') };
}

/** Reports are passed on; where somebody keeps their files is nobody's business. */
function argvWithout(path: string | undefined, argv: readonly string[]): readonly string[] {
  if (path === undefined) return argv;
  const short = new Map([path, `--recording=${path}`].map((given) => [given, given.replace(path, basename(path))]));
  return argv.map((given) => short.get(given) ?? given);
}

/** @throws {UsageError} when none of the scenarios would play it, or it is no recording. */
function recordingFor(scenarios: readonly Scenario[], path: string): TraceSpec {
  if (scenarios.some(({ recordable }) => recordable)) return recordedTrace(path);
  throw new UsageError(`--recording is only for ${RECORDABLE}`);
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
    .option('--recording <file>', `play this recorded answer (docs/replay-format.md) in ${RECORDABLE}`)
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
