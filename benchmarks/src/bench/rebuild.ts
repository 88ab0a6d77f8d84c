import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Command } from 'commander';

import { parse } from '../command-line.js';
import { UsageError } from '../compare/failures.js';
import { readRaw } from '../raw/read.js';
import { buildReport } from '../report/build.js';
import { writeReportFiles } from '../report/files.js';
import type { LabReport } from '../report/model.js';
import { renderTerminal } from '../report/terminal.js';
import { SCENARIOS } from '../scenarios/index.js';
import { RAW_FILE } from './laboratory.js';

/** How a report is shown. */
export interface ShowOptions {
  /** Print the report as JSON instead of tables. */
  readonly json: boolean;
}

/**
 * `bench report DIR`: makes all tables again, from the raw data alone.
 * @returns the exit status.
 * @throws {UsageError} when there is no raw data, or another methodology made it.
 */
export async function rebuild(argv: readonly string[]): Promise<number> {
  const command = parse(
    new Command('bench report')
      .description('Makes all tables and the page again, from the raw data in a folder.')
      .argument('<dir>', 'folder with raw.jsonl or raw.jsonl.gz')
      .option('--json', 'print the report as JSON instead of tables', false),
    argv,
  );
  if (!command) return 0;
  return show(command.args[0] ?? '', command.opts<ShowOptions>());
}

/** The report of a folder's raw data. @throws {UsageError} */
export function reportIn(folder: string): LabReport {
  const path = [RAW_FILE, `${RAW_FILE}.gz`].map((name) => join(folder, name)).find(existsSync);
  if (path === undefined) throw new UsageError(`there is no ${RAW_FILE} in ${folder}`);
  return buildReport(readRaw(path), SCENARIOS);
}

/**
 * Builds the report of a folder, writes its files and prints it.
 * @returns the exit status: 3 when something that should have arrived did not.
 */
export async function show(folder: string, { json }: ShowOptions): Promise<number> {
  const report = reportIn(folder);
  const paths = writeReportFiles(folder, report);
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : renderTerminal(report)}\n`);
  process.stderr.write(`\nwritten: ${[join(folder, RAW_FILE), ...paths].join(', ')}\n`);
  return invalidRows(report).length > 0 ? 3 : 0;
}

/** Rows without a figure, though their scenario does not allow for answers that do not arrive. */
function invalidRows({ scenarios }: LabReport): readonly string[] {
  return scenarios
    .filter(({ name }) => !SCENARIOS.some((scenario) => scenario.name === name && scenario.mayBreak))
    .flatMap(({ name, rows }) =>
      rows.flatMap(({ target, verdict }) => (verdict === 'INVALID' ? `${name}: ${target}` : [])),
    );
}
