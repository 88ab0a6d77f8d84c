import { existsSync, readFileSync } from 'node:fs';

import { Command } from 'commander';

import { parse } from '../command-line.js';
import { messageOf, UsageError } from '../compare/failures.js';
import { METHODOLOGY } from '../raw/raw.js';
import { diffReports, geomeans } from '../report/diff.js';
import { renderDiff, renderDiffMarkdown } from '../report/diff-table.js';
import type { LabReport } from '../report/model.js';
import { differenceOfTraces } from '../report/played.js';
import { reportIn } from './rebuild.js';

interface DiffOptions {
  readonly markdown: boolean;
  readonly json: boolean;
}

/**
 * `bench diff A B`: two runs side by side.
 * @returns the exit status.
 * @throws {UsageError} when one of the two is no report.
 */
export async function compareRuns(argv: readonly string[]): Promise<number> {
  const command = parse(
    new Command('bench diff')
      .description('Two runs side by side: old, new, and what changed; ~ where nothing can be said.')
      .argument('<old>', 'folder of a run, or its report.json')
      .argument('<new>', 'the same, of the other run')
      .option('--markdown', 'print Markdown', false)
      .option('--json', 'print JSON', false),
    argv,
  );
  if (!command) return 0;
  const [before, after] = [command.args[0] ?? '', command.args[1] ?? ''].map(load);
  if (!before || !after) return 2;
  const rows = diffReports(before, after);
  const warning = differenceOfTraces(before.manifest, after.manifest);
  if (warning !== '') process.stderr.write(`warning: ${warning}\n`);
  const { markdown, json } = command.opts<DiffOptions>();
  const text = json
    ? JSON.stringify({ warning, rows, geomeans: geomeans(rows) }, null, 2)
    : markdown
      ? `${warning && `**${warning}**\n\n`}${renderDiffMarkdown(rows, after)}`
      : renderDiff(rows, after);
  process.stdout.write(`${text}\n`);
  return 0;
}

function load(path: string): LabReport {
  if (!path.endsWith('.json')) return reportIn(path);
  if (!existsSync(path)) throw new UsageError(`there is no ${path}`);
  let report: Partial<LabReport> | null;
  try {
    report = JSON.parse(readFileSync(path, 'utf8')) as Partial<LabReport> | null;
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${messageOf(error)}`);
  }
  if (report?.methodology === METHODOLOGY) return report as LabReport;
  throw new UsageError(`${path} was not made by ${METHODOLOGY}, and cannot be compared`);
}
