import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { latestResults, readmeTable, withTable } from '../benchmarks/src/report/readme.js';

const folder = fileURLToPath(new URL('../benchmarks/results', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test.skipIf(!existsSync(folder))(
  'the table of the README is that of the latest results; `node benchmarks/dist/readme-table.js` writes it',
  () => {
    const results = latestResults(folder);
    expect(results).toBeDefined();
    if (results) expect(readme).toBe(withTable(readme, readmeTable(results)));
  },
);

test('the README has a place for the table', () => {
  expect(withTable(readme, 'a table')).toContain('\n\na table\n\n');
});
