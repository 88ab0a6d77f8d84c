import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, it } from 'vitest';

import { countSystemCalls, parseSummary, totalIn, writesIn } from '../../src/wire/system-calls.js';

const SUMMARY = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 62.50    0.000125           1        92           write
 37.50    0.000075           0       192         3 epoll_pwait
  0.00    0.000000           0         5           writev
------ ----------- ----------- --------- --------- ----------------
100.00    0.000200           0       289         3 total
`;

it('reads what strace counts, with errors or without, and not its total', () => {
  const calls = parseSummary(SUMMARY);
  expect(calls).toEqual({ write: 92, epoll_pwait: 192, writev: 5 });
  expect([writesIn({ by: 'strace', calls }), totalIn({ by: 'strace', calls })]).toEqual([97, 289]);
  expect(totalIn({ by: '/proc', calls: { read: 1, write: 2 } })).toBeNull();
});

/** Writes 40 times when it hears something, then says so. */
const WRITER = `
  const { writeSync } = require('node:fs');
  process.stdin.on('data', () => { for (let i = 0; i < 40; i += 1) writeSync(2, 'x'); writeSync(1, 'done'); });
  writeSync(1, 'ready');
`;

it('counts the writes of a process, by whichever way this machine has', async () => {
  const child = spawn(process.execPath, ['-e', WRITER], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    await once(child.stdout, 'data');
    const counted = await countSystemCalls(child.pid ?? 0, async () => {
      const said = once(child.stdout, 'data');
      child.stdin.write('go');
      await said;
    });
    // Neither on every machine: then there is no figure.
    if (process.platform !== 'linux') return expect(counted).toBeNull();
    expect(counted && writesIn(counted)).toBeGreaterThanOrEqual(41);
    expect(counted && writesIn(counted)).toBeLessThan(60);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

it('ends with what it was told to do when that fails', async () => {
  const child = spawn(process.execPath, ['-e', WRITER], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    await once(child.stdout, 'data');
    const failing = countSystemCalls(child.pid ?? 0, () => Promise.reject(new Error('no answer')));
    await expect(failing).rejects.toThrow('no answer');
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});
