import { InvalidMeasurement, messageOf, UsageError } from '../compare/failures.js';
import { prepareFolder } from '../compare/report-files.js';
import { killAll } from '../run/processes.js';
import { compareRuns } from './diff.js';
import { measure } from './laboratory.js';
import { readOptions } from './options.js';
import { rebuild, show } from './rebuild.js';
import { SCENARIOS } from '../scenarios/index.js';

/** What shells report for a program that a signal ended: 128 + its number. */
const STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** Why a run ended that somebody interrupted. */
class Interrupted extends Error {
  readonly signal: 'SIGINT' | 'SIGTERM';

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super('interrupted; what was finished is kept');
    this.signal = signal;
  }
}

/**
 * Runs the laboratory. Standard output gets tables or JSON; everything else goes to standard error.
 * @returns the exit status: 0 fine, 1 a threshold is broken, 2 usage, 3 a measurement is invalid.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const [command = '', ...rest] = argv;
  try {
    if (command === 'list') return listScenarios();
    if (command === 'report') return await rebuild(rest);
    if (command === 'diff') return await compareRuns(rest);
    return await run(argv);
  } catch (error) {
    process.stderr.write(`bench: ${isExpected(error) ? messageOf(error) : describeBug(error)}\n`);
    return statusOf(error);
  }
}

function listScenarios(): number {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  for (const { name, question } of SCENARIOS) process.stdout.write(`${name.padEnd(width)}  ${question}\n`);
  return 0;
}

async function run(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (!options) return 0;
  prepareFolder(options.out);
  const problem = await interruptible(async (signal) => {
    try {
      await measure(options, signal);
    } catch (error) {
      // What was finished is worth a report, whatever ended the rest.
      if (!(error instanceof InvalidMeasurement || error instanceof Interrupted)) throw error;
      return error;
    }
  });
  if (problem) process.stderr.write(`\nbench: ${messageOf(problem)}\n`);
  const status = await show(options.out, options);
  return problem ? statusOf(problem) : status;
}

async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    // Who asks twice does not want to wait for a clean end.
    if (interruption.signal.aborted) process.exit(STATUS_OF_SIGNAL[signal]);
    interruption.abort(new Interrupted(signal));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(interruption.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    killAll();
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return STATUS_OF_SIGNAL[error.signal];
  if (error instanceof UsageError) return 2;
  return error instanceof InvalidMeasurement ? 3 : 1;
}

function isExpected(error: unknown): boolean {
  return statusOf(error) !== 1;
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
