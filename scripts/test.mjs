// `npm test`: installs and builds what is missing, then runs the tests of all packages through Turborepo.
// Ends with the sum of the test runners' own counts. Options are passed to Turborepo: `npm test -- --filter=…`.
import { inWorkspaces } from './workspaces.mjs';
import { readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';

import { binary, prepare, root, run } from './prepare.mjs';

await prepare();
for (const report of reports()) rmSync(report);

const options = process.argv.slice(2);
const code = await run(process.execPath, [
  binary('turbo'),
  'run',
  'test',
  'test:root',
  // All packages run even if one fails, one at a time: some tests measure and stress, and few machines have many cores.
  '--continue=always',
  '--concurrency=1',
  '--output-logs=new-only',
  ...options,
]);

let passed = 0;
let failed = 0;
let skipped = 0;
const failures = [];
for (const report of reports()) {
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  passed += counts.numPassedTests;
  failed += counts.numFailedTests;
  skipped += counts.numPendingTests + counts.numTodoTests;
  failures.push(...failuresOf(counts));
}
// A runner that could not even load its files counts no failed test; its status says so.
if (code !== 0 && failed === 0) failed = 1;
// Last, because the end of a long log is what people and build servers show first.
for (const failure of failures) process.stdout.write(`\nFAILED ${failure}\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = code !== 0 || failed > 0 || passed === 0 ? 1 : 0;

function reports() {
  return inWorkspaces(root, '.vitest-report.json');
}

/**
 * What failed in one runner's report: file, name, and the first lines of each message.
 * @param {import('vitest/reporters').JsonTestResults} report
 */
function* failuresOf(report) {
  for (const file of report.testResults) {
    const where = relative(root, file.name);
    if (file.status === 'failed' && file.assertionResults.length === 0) yield `${where}\n${brief(file.message)}`;
    for (const test of file.assertionResults) {
      if (test.status !== 'failed') continue;
      yield `${where} > ${test.fullName}\n${(test.failureMessages ?? []).map(brief).join('\n')}`;
    }
  }
}

function brief(message = '') {
  return message
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n');
}
