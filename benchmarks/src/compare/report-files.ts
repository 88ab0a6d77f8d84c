import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { messageOf, UsageError } from './failures.js';
import type { Report } from './report.js';
import { COLUMNS } from './report-table.js';

/**
 * Makes sure, before anything is measured, that the report can be written afterwards.
 * Writes a file and removes it: access rights alone do not tell on every system, and not for the superuser.
 * @throws {UsageError} when it cannot.
 */
export function prepareFolder(folder: string): void {
  const probe = join(folder, '.tokenwire-write-test');
  try {
    makeFolder(resolve(folder));
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new UsageError(`cannot write to --out ${folder}: ${messageOf(error)}`);
  }
}

/** With the folders around it. Not by `recursive`, which in `/proc` never ends (Node 20). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** Writes `report.json` and `report.md`. @returns their paths. */
export function writeReport(folder: string, report: Report): readonly string[] {
  const paths = ['report.json', 'report.md'].map((name) => join(folder, name));
  writeFileSync(paths[0] ?? '', `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(paths[1] ?? '', renderMarkdown(report));
  return paths;
}

/** The report as Markdown. */
export function renderMarkdown({ methodology, manifest, answer, modes, sentence, notes }: Report): string {
  const { options } = manifest;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    '# The same answer over every mode',
    '',
    sentence,
    '',
    row(COLUMNS.map(([heading]) => heading)),
    row(COLUMNS.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...modes.map((mode) => row(COLUMNS.map(([, cell]) => cell(mode)))),
    '',
    ...notes.map((note) => `* ${note}`),
    '',
    `The answer: model \`${options.model}\`, seed ${options.seed}, ${answer.tokens} tokens at ${options.tokensPerSecond} tokens/s, ${answer.characters} characters, SHA-256 of the text \`${answer.sha256}\`, the same in every stream of every mode.`,
    '',
    `Made ${manifest.createdAt} with Node ${manifest.node} on ${manifest.platform} ${manifest.arch} (${manifest.osRelease}), ${manifest.cpuCount} × ${manifest.cpuModel}; commit ${manifest.commit ?? 'unknown'}; methodology ${methodology}.`,
  ];
  return `${lines.join('\n')}\n`;
}
