/** The built command, as users call it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { LabReport } from '../../src/report/model.js';

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const script = fileURLToPath(new URL('../../dist/bench.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tokenwire-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command to its end, or interrupts it when `until` says so. */
function bench(args: readonly string[], until?: () => boolean): Promise<Result> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const watch = until && setInterval(() => until() && child.kill('SIGINT') && clearInterval(watch), 50);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      clearInterval(watch);
      resolve({ code, stdout, stderr });
    });
  });
}

describe('what cannot be done is said in one line, with status 2, before anything is measured', () => {
  it.each([
    [['nonsense'], /unknown scenario "nonsense"; there are quick, full, /],
    [['quick', 'steady'], /"quick" is a plan of its own/],
    [['steady', '--blocks', '-1'], /Must be a whole number from 1 to 1000/],
    [['steady', '--blocks', '1e3'], /Must be a whole number/],
    [['steady', '--seed', 'x'], /Must be a whole number/],
    [['steady', '--size', 'huge'], /Allowed choices are quick, full/],
    [['steady', '--targets', 'carrier-pigeon'], /unknown target "carrier-pigeon"; there are chunked/],
    [['steady', '--dialect', 'klingon'], /Allowed choices are vllm/],
    [['steady', '--max', 'delivery.p50'], /is no threshold: metric=value/],
    [['steady', '--out', '/proc/nowhere'], /cannot write to --out/],
    [['report', folder], /there is no raw.jsonl/],
    [['report'], /missing required argument/],
    [['diff', folder, folder], /there is no raw.jsonl/],
    [['diff', 'a.json', 'b.json'], /there is no a.json/],
    [['--unknown'], /unknown option/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await bench(args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a folder that is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { code, stderr } = await bench(['steady', '--out', file]);
    expect(stderr).toMatch(/cannot write to --out/);
    expect(code).toBe(2);
  });
});

it('names its scenarios', async () => {
  const { code, stdout } = await bench(['list']);
  expect(code).toBe(0);
  for (const name of ['steady', 'first-token', 'burst', 'knee', 'proxies'])
    expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
});

describe('a run', () => {
  const out = join(folder, 'run');
  let result: Result;
  beforeAll(async () => {
    const args = ['steady', '--size', 'quick', '--blocks', '1', '--targets', 'sse', 'net', '--out', out];
    result = await bench([...args, '--max', 'requests.mean=1']);
  }, 120_000);

  it('prints tables and writes every shape of the report', () => {
    expect(result.stderr).toMatch(/Ctrl-C keeps what is done/);
    expect(result.stdout).toMatch(/^. sse /m);
    expect(result.code).toBe(0);
    for (const file of ['raw.jsonl', 'report.json', 'report.md', 'report.csv', 'report.html']) {
      expect(existsSync(join(out, file)), file).toBe(true);
    }
  });

  it('can be told again from its raw data alone, byte by byte', async () => {
    const before = readFileSync(join(out, 'report.json'), 'utf8');
    rmSync(join(out, 'report.json'));
    const again = await bench(['report', out]);
    expect(again.code).toBe(0);
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toBe(before);
    expect(again.stdout).toBe(result.stdout);
  });

  it('is not different from itself', async () => {
    const { code, stdout } = await bench(['diff', out, join(out, 'report.json')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/figures in both: \d+ inconclusive|equivalent/);
  });

  it('speaks the words of other tools', async () => {
    const { stdout } = await bench(['report', out, '--dialect', 'vllm']);
    expect(stdout).toMatch(/itl_ms p50/);
  });
});

it('ends with status 1 when a count of ours is above its threshold', { timeout: 120_000 }, async () => {
  // Counts do not depend on how busy the machine is, so neither does this.
  const out = join(folder, 'wire');
  const args = ['wire', '--size', 'quick', '--targets', 'chunked', '--out', out, '--max', 'wire.down=1'];
  const { code, stderr } = await bench(args);
  expect(stderr).toMatch(/^bench: wire, chunked: wire.down is \d+(\.\d+)? bytes, limit 1 bytes$/m);
  expect(code).toBe(1);
});

it('keeps finished trials when it is interrupted', { timeout: 120_000 }, async () => {
  const out = join(folder, 'interrupted');
  const raw = join(out, 'raw.jsonl');
  const finished = (): number =>
    existsSync(raw) ? (readFileSync(raw, 'utf8').match(/"kind":"trial"/g)?.length ?? 0) : 0;
  const args = ['steady', '--size', 'quick', '--blocks', '6', '--targets', 'sse', 'net', '--out', out];
  const { code, stderr } = await bench(args, () => finished() >= 2);
  expect(code).toBe(130);
  expect(stderr).toMatch(/interrupted; what was finished is kept/);
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as LabReport;
  expect(report.scenarios[0]?.rows.length).toBeGreaterThan(0);
  expect(finished()).toBeGreaterThanOrEqual(2);
  expect(finished()).toBeLessThan(12);
});
