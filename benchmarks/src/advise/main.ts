import { messageOf, UsageError } from '../compare/failures.js';
import { findReport } from './find-report.js';
import { readOptions } from './options.js';
import { advise } from './rank.js';
import { adviceJson, renderAdvice } from './render.js';

/**
 * Answers on standard output.
 * @returns the exit status: 0 with a recommendation, 1 when nothing fits, 2 usage, or no report to advise from.
 */
export function main(argv: readonly string[]): number {
  try {
    const options = readOptions(argv);
    if (!options) return 0;
    const { path, report } = findReport(options.report);
    const advice = advise(options.requirements, report);
    const origin = { path, createdAt: report.manifest.createdAt, plan: report.manifest.plan };
    process.stdout.write(options.json ? adviceJson(advice, origin) : renderAdvice(advice, origin));
    return advice.ranking.length > 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`advise: ${messageOf(error)}\n`);
    return 2;
  }
}
