import { InvalidMeasurement, messageOf, UsageError } from '../compare/failures.js';
import { prepareFolder } from '../compare/report-files.js';
import { Interrupted, interruptible } from '../interruption.js';
import { killAll } from '../run/processes.js';
import { compareRuns } from './diff.js';
import { measure } from './laboratory.js';
import { readOptions } from './options.js';
import { rebuild, show } from './rebuild.js';
import { SCENARIOS } from '../scenarios/index.js';

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
  const problem = await interruptible('what was finished is kept', async (signal) => {
    try {
      await measure(options, signal);
    } catch (error) {
      // What was finished is worth a report, whatever ended the rest.
      if (!(error instanceof InvalidMeasurement || error instanceof Interrupted)) throw error;
      return error;
    } finally {
      killAll();
    }
  });
  if (problem) process.stderr.write(`\nbench: ${messageOf(problem)}\n`);
  const status = await show(options.out, options);
  return problem ? statusOf(problem) : status;
}

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return error.status;
  if (error instanceof UsageError) return 2;
  return error instanceof InvalidMeasurement ? 3 : 1;
}

function isExpected(error: unknown): boolean {
  return statusOf(error) !== 1;
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
