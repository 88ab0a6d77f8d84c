import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Command, Option } from 'commander';

import { parse } from '../command-line.js';
import { UsageError } from '../compare/failures.js';
import { DIALECTS, inDialect, type Dialect } from '../metrics/dialect.js';
import { readRaw } from '../raw/read.js';
import { buildReport } from '../report/build.js';
import { checkThresholds, parseThreshold } from '../report/check.js';
import { writeReportFiles } from '../report/files.js';
import type { LabReport } from '../report/model.js';
import { renderTerminal } from '../report/terminal.js';
import { SCENARIOS } from '../scenarios/index.js';
import type { Scenario } from '../scenarios/scenario.js';
import { RAW_FILE } from './laboratory.js';

/** How a report is shown. */
export interface ShowOptions {
  /** Print the report as JSON instead of tables. */
  readonly json: boolean;
  /** Thresholds: `metric=value`, `scenario/metric=value`. */
  readonly max?: readonly string[];
  /** Let times break thresholds too, not only counts. */
  readonly failOnTimes?: boolean;
  /** Names and definitions of another tool, in the printed tables. */
  readonly dialect?: Dialect | undefined;
}

/** Options of `bench` and `bench report` alike. */
export function withShowOptions(command: Command): Command {
  return command
    .option('--json', 'print the report as JSON instead of tables', false)
    .option('--max <metric=value...>', 'end with status 1 when a count of ours is above; times only warn')
    .option('--fail-on-times', 'let times break thresholds, too', false)
    .addOption(new Option('--dialect <name>', 'names and definitions of another tool').choices(DIALECTS));
}

/**
 * `bench report DIR`: makes all tables again, from the raw data alone.
 * @returns the exit status.
 * @throws {UsageError} when there is no raw data, or another methodology made it.
 */
export async function rebuild(argv: readonly string[]): Promise<number> {
  const command = parse(
    withShowOptions(
      new Command('bench report')
        .description('Makes all tables and the page again, from the raw data in a folder.')
        .argument('<dir>', 'folder with raw.jsonl or raw.jsonl.gz'),
    ),
    argv,
  );
  if (!command) return 0;
  return show(command.args[0] ?? '', command.opts<ShowOptions>());
}

/** The report of a folder's raw data. @throws {UsageError} */
export function reportIn(folder: string, scenarios: readonly Scenario[] = SCENARIOS): LabReport {
  const path = [RAW_FILE, `${RAW_FILE}.gz`].map((name) => join(folder, name)).find(existsSync);
  if (path === undefined) throw new UsageError(`there is no ${RAW_FILE} in ${folder}`);
  return buildReport(readRaw(path), scenarios);
}

/**
 * Builds the report of a folder, writes its files and prints it.
 * @returns the exit status: 3 when something that should have arrived did not, 1 when a threshold is broken.
 */
export async function show(folder: string, options: ShowOptions): Promise<number> {
  const { json, max = [], failOnTimes = false, dialect } = options;
  const thresholds = max.map(parseThreshold);
  const report = reportIn(folder);
  const paths = writeReportFiles(folder, report);
  const shown = dialect
    ? reportIn(
        folder,
        SCENARIOS.map((scenario) => inDialect(scenario, dialect)),
      )
    : report;
  process.stdout.write(`${json ? JSON.stringify(shown, null, 2) : renderTerminal(shown)}\n`);
  process.stderr.write(`\nwritten: ${[join(folder, RAW_FILE), ...paths].join(', ')}\n`);
  const invalid = invalidRows(report);
  if (invalid.length > 0) process.stderr.write(`bench: no figures of ${invalid.join(', ')}\n`);
  const breaches = checkThresholds(report, thresholds, { failOnTimes });
  for (const { message, fails } of breaches) process.stderr.write(`${fails ? 'bench' : 'warning'}: ${message}\n`);
  if (invalid.length > 0) return 3;
  return breaches.some(({ fails }) => fails) ? 1 : 0;
}

/** Rows without a figure, though their scenario does not allow for answers that do not arrive. */
function invalidRows({ scenarios }: LabReport): readonly string[] {
  return scenarios
    .filter(({ name }) => !SCENARIOS.some((scenario) => scenario.name === name && scenario.mayBreak))
    .flatMap(({ name, rows }) =>
      rows.flatMap(({ target, verdict }) => (verdict === 'INVALID' ? `${name}: ${target}` : [])),
    );
}
