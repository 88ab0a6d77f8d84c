import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf, UsageError } from '../compare/failures.js';
import { prepareFolder } from '../compare/report-files.js';
import { renderCsv } from './csv.js';
import { actionEntries } from './github-action-benchmark.js';
import { renderPage } from './html/page.js';
import { renderMarkdown } from './markdown.js';
import type { LabReport } from './model.js';

/** The files of a report, and what writes each. */
const FILES: Readonly<Record<string, (report: LabReport) => string>> = {
  'report.json': json,
  'report.md': renderMarkdown,
  'report.csv': renderCsv,
  'report.html': renderPage,
  'github-action-benchmark.json': (report) => json(actionEntries(report, 'smaller')),
  'github-action-benchmark-bigger.json': (report) => json(actionEntries(report, 'bigger')),
  'github-action-benchmark-counts.json': (report) => json(actionEntries(report, 'counts')),
};

/** Names of the files that `writeReportFiles` writes. */
export const REPORT_FILES: readonly string[] = Object.keys(FILES);

/**
 * Makes sure, before anything is measured, that a report can be written into `folder`, which is made if need be.
 * @throws {UsageError} when it cannot.
 */
export { prepareFolder };

/**
 * Writes all shapes of a report. All are made before the first is written, so that a failure leaves the old ones whole.
 * @returns their paths.
 * @throws {UsageError} when the folder cannot be written.
 */
export function writeReportFiles(folder: string, report: LabReport): readonly string[] {
  const contents = Object.entries(FILES).map(([name, render]) => [join(folder, name), render(report)] as const);
  prepareFolder(folder);
  for (const [path, content] of contents) {
    try {
      writeFileSync(path, content);
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${messageOf(error)}`);
    }
  }
  return contents.map(([path]) => path);
}

/** Indented, but arrays of numbers stay on one line: no string holds a raw line end, so nothing else can match. */
function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/\[\n[\d\s,.eE+-]+\]/g, (numbers) => numbers.replaceAll(/\s+/g, ''))}\n`;
}
