import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { findReport } from '../../src/advise/find-report.js';
import type { Advice } from '../../src/advise/rank.js';
import { UsageError } from '../../src/compare/failures.js';
import { labReport } from '../support/lab-report.js';
import { REPORT, SCENARIOS } from './fixture.js';

const folder = () => mkdtempSync(join(tmpdir(), 'tokenwire-advise-'));

/** Writes a value as JSON, and the folders above it. @returns the path. */
function write(value: unknown, root: string, path = 'report.json'): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
  return file;
}

function run(...args: readonly string[]) {
  const script = fileURLToPath(new URL('../../dist/advise.js', import.meta.url));
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

describe('npm run advise', () => {
  it('recommends, with exit status 0', () => {
    const { status, stdout, stderr } = run(
      '--report',
      write(REPORT, folder()),
      '--proxy',
      'nginx',
      '--streams',
      '2000',
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Use sse\. It keeps the objective/);
  });

  it('--json prints the whole advice', () => {
    const { stdout } = run('--report', write(REPORT, folder()), '--json', '--serverless');
    const advice = JSON.parse(stdout) as Advice & { readonly recommendation: string };
    expect(advice.recommendation).toBe('long-poll');
    expect(advice.excluded.map(({ mode }) => mode)).toEqual(['sse', 'chunked', 'websocket', 'batch']);
    expect(advice.ranking[0]?.values.latency.from).toEqual(['poll · long-poll · at most every 50 ms', 'of 50 streams']);
  });

  it('says that nothing fits, with exit status 1', () => {
    const asked = ['--plain-text', '--resume', 'required', '--max-response-seconds', '5'];
    const { status, stdout } = run('--report', write(REPORT, folder()), ...asked);
    expect(status).toBe(1);
    expect(stdout).toContain('Nothing fits');
  });

  it.each([
    [
      'a report of another methodology',
      { ...REPORT, methodology: 'tokenwire-bench/0' },
      /methodology "tokenwire-bench\/0", this is/,
    ],
    ['something else', { methods: [] }, /is no report of npm run bench/],
    ['a list', null, /is no report of npm run bench/],
    ['half a report', { methodology: REPORT.methodology }, /is no whole report/],
  ])('%s is refused with exit status 2', (_, value, message) => {
    const { status, stdout, stderr } = run('--report', write(value, folder()));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['a file that is not there', ['--report', join(folder(), 'none.json')], /cannot read the report/],
    ['an unknown flag', ['--fast'], /unknown option '--fast'/],
  ])('%s is refused with exit status 2', (_, args, message) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('the report', () => {
  const madeAt = (createdAt: string, plan = 'full') => labReport({ steady: SCENARIOS.steady }, { createdAt, plan });

  it('is the newest full one that is committed', () => {
    const root = folder();
    write(madeAt('2026-02-01'), root, 'benchmarks/results/a/report.json');
    write(madeAt('2026-03-01'), root, 'benchmarks/results/b/report.json');
    write(madeAt('2026-04-01', 'quick'), root, 'benchmarks/results/c/report.json');
    write(madeAt('2026-05-01'), root, 'bench-report/report.json');
    expect(findReport(undefined, root).path).toBe(join('benchmarks', 'results', 'b', 'report.json'));
  });

  it('else that of the last run', () => {
    const root = folder();
    write(madeAt('2026-05-01', 'quick'), root, 'bench-report/report.json');
    expect(findReport(undefined, root).path).toBe(join('bench-report', 'report.json'));
  });

  it('or there is none, and what to do is said', () => {
    expect(() => findReport(undefined, folder())).toThrow(UsageError);
    expect(() => findReport(undefined, folder())).toThrow('run npm run bench first');
  });
});
