import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { messageOf, UsageError } from '../compare/failures.js';
import { METHODOLOGY } from '../raw/raw.js';
import type { LabReport } from '../report/model.js';

/** A report and its path, as shown. */
export interface FoundReport {
  readonly path: string;
  readonly report: LabReport;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * The report that is asked for; else the newest full results under `benchmarks/results`; else the last run's.
 * @param root of the repository; default this one.
 * @throws {UsageError} when there is none, or it is no report of this methodology.
 */
export function findReport(path?: string, root = ROOT): FoundReport {
  if (path !== undefined) return { path, report: readReport(path) };
  const results = join(root, 'benchmarks/results');
  const committed = existsSync(results) ? readdirSync(results).map((name) => join(results, name, 'report.json')) : [];
  const full = committed
    .filter((file) => existsSync(file))
    .map((file) => ({ path: relative(root, file), report: readReport(file) }))
    .filter(({ report }) => report.manifest.plan === 'full')
    .toSorted((a, b) => b.report.manifest.createdAt.localeCompare(a.report.manifest.createdAt));
  if (full[0]) return full[0];
  const last = join(root, 'bench-report/report.json');
  if (existsSync(last)) return { path: relative(root, last), report: readReport(last) };
  throw new UsageError('there is no report to advise from; run npm run bench first, or name one with --report');
}

/** @throws {UsageError} when it cannot be read, or is something else. */
function readReport(path: string): LabReport {
  const report = parsed(path);
  const { scenarios, manifest } = report;
  const methodology: string | undefined = report.methodology;
  if (methodology === undefined) throw new UsageError(`${path} is no report of npm run bench`);
  if (methodology !== METHODOLOGY) {
    const said = JSON.stringify(methodology);
    throw new UsageError(
      `${path} has methodology ${said}, this is ${METHODOLOGY}: its figures mean something else; run npm run bench again`,
    );
  }
  if (!Array.isArray(scenarios) || typeof manifest?.createdAt !== 'string')
    throw new UsageError(`${path} is no whole report`);
  return report as LabReport;
}

function parsed(path: string): Partial<LabReport> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read the report ${path}: ${messageOf(error)}`);
  }
  if (typeof value !== 'object' || value === null) throw new UsageError(`${path} is no report of npm run bench`);
  return value;
}
