import { mkdtempSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '@tokenwire/conformance';
import { afterAll, expect, it } from 'vitest';

import { InvalidMeasurement } from '../src/compare/failures.js';
import { startTied } from '../src/run/tied-process.js';

const folder = mkdtempSync(join(tmpdir(), 'tokenwire-tied-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a program that ends by itself is reported with its status and its last words', async () => {
  const tied = startTied('the oracle', ['sh', '-c', 'echo last words >&2; exit 3']);
  await eventually('it has died', () => tied.died.aborted);
  expect(tied.died.reason).toBeInstanceOf(InvalidMeasurement);
  expect(String(tied.died.reason)).toContain('the oracle ended with status 3. last words');
  await tied.stop();
});

it('a program that cannot be started is reported, too', async () => {
  const tied = startTied('nobody', ['/nowhere/at-all']);
  await expect(tied.says('ready')).rejects.toThrow(/nobody ended with status 127/);
});

it('stopping ends it, cleans up, and is no death', async () => {
  const mark = join(folder, 'cleaned');
  const tied = startTied('sleeper', ['sh', '-c', 'echo ready; exec sleep 1000'], { afterwards: `touch '${mark}'` });
  await tied.says('ready');
  expect(existsSync(mark)).toBe(false);
  await tied.stop();
  expect(existsSync(mark)).toBe(true);
  expect(tied.died.aborted).toBe(false);
});

it('a program that does not listen to requests is killed', async () => {
  const tied = startTied('deaf', ['sh', '-c', "trap '' TERM; echo ready; while :; do sleep 1; done"]);
  await tied.says('ready');
  await tied.stop();
  expect(tied.died.aborted).toBe(false);
});

it('the environment that it gets is its own', async () => {
  const tied = startTied('reader', ['sh', '-c', 'echo "[$WORD]"; exec sleep 1000'], { env: { WORD: 'tied' } });
  await tied.says('[tied]');
  await tied.stop();
});

it.skipIf(!existsSync('/proc/self/stat'))('counts its processor time', async () => {
  const tied = startTied('busy', ['sh', '-c', 'while :; do :; done']);
  await eventually('it was busy for a while', () => tied.cpuUs() >= 50_000);
  await tied.stop();
});
