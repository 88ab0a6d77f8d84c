/**
 * `node benchmarks/dist/readme-table.js` writes the comparison table of the README from the latest committed results.
 * Exit status: 0 written, 2 there are no results, or the README has no place for them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { UsageError } from './compare/failures.js';
import { latestResults, readmeTable, withTable } from './report/readme.js';

const readme = fileURLToPath(new URL('../../README.md', import.meta.url));
const folder = fileURLToPath(new URL('../results', import.meta.url));
try {
  const results = latestResults(folder);
  if (!results) throw new UsageError(`there is no folder ${folder}`);
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), readmeTable(results)));
  process.stderr.write(`README.md now shows ${results.name}\n`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`readme-table: ${error.message}\n`);
  process.exitCode = 2;
}
