import { TokenwireError } from '@tokenwire/protocol';

import { InvalidMeasurement, messageOf, UsageError } from './failures.js';
import { Interrupted, interruptible } from '../interruption.js';
import { describeRun } from './manifest.js';
import { measureAll } from './measure-all.js';
import { readOptions, type CompareOptions } from './options.js';
import { buildReport, type Report } from './report.js';
import { prepareFolder, writeReport } from './report-files.js';
import { renderTable } from './report-table.js';
import { Servers } from './servers.js';

/**
 * Runs the comparison. Standard output gets the table, or with `--json` the report; everything else goes to standard
 * error.
 * @returns the exit status.
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (!options) return 0;
    prepareFolder(options.out);
    const report = await measure(options);
    const paths = writeReport(options.out, report);
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : renderTable(report)}\n`);
    process.stderr.write(`\nwritten: ${paths.join(', ')}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`compare: ${isExpected(error) ? messageOf(error) : describeBug(error)}\n`);
    return statusOf(error);
  }
}

async function measure(options: CompareOptions): Promise<Report> {
  const manifest = describeRun(options);
  const servers = new Servers();
  const killAll = () => servers.killAll();
  process.once('exit', killAll);
  try {
    return await interruptible('nothing was written', async (signal) =>
      buildReport(manifest, await measureAll({ options, servers, signal })),
    );
  } finally {
    killAll();
    process.off('exit', killAll);
  }
}

/** Refusals of a server that mean: the options are wrong. */
const USAGE: ReadonlySet<string> = new Set(['invalid_request', 'unknown_model', 'unknown_field', 'payload_too_large']);

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return error.status;
  if (error instanceof UsageError) return 2;
  if (error instanceof TokenwireError) return USAGE.has(error.code) ? 2 : 3;
  return error instanceof InvalidMeasurement ? 3 : 1;
}

function isExpected(error: unknown): boolean {
  return statusOf(error) !== 1;
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
