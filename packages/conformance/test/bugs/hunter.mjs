// A process that asks servers: reads jobs from standard input, one line of JSON each, and answers each with one line.
// Long-lived, because starting one costs as much as a requirement; apart from the tests, because a broken server also
// breaks harnesses in ways that a test runner would blame on the tests.
import { createInterface } from 'node:readline';

import { ask } from '../../dist/cli/run.js';
import { openBench } from '../../dist/cli/targets.js';
import { REQUIREMENTS } from '../../dist/index.js';

// What was given up goes on in the background and fails when its server has gone.
process.on('uncaughtException', () => {}).on('unhandledRejection', () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await work(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** @param {import('./hunt.js').Job} job */
async function work({ edits, only, timeoutMs, ...needed }) {
  // The servers' processes inherit it; in this one it counts only from the start.
  process.env['PLANTED_BUG'] = JSON.stringify(edits);
  const bench = await openBench(needed);
  try {
    const requirements = REQUIREMENTS.filter(({ id }) => only === undefined || only.includes(id));
    const { signal } = new AbortController();
    const silent = { onStart: () => {}, onResult: () => {} };
    return { results: await ask(bench.targets, { requirements, bail: false, timeoutMs, signal, ...silent }) };
  } finally {
    await bench.close();
  }
}
