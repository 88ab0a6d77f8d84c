import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { Report } from '../src/compare/report.js';
import type { Leftovers } from '../src/leftovers/main.js';

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a built command to its end, or until `interruptAt` appears on standard error. */
function run(
  command: 'compare' | 'cost' | 'leftovers' | 'stalled' | 'stops',
  args: readonly string[],
  interruptAt?: string,
): Promise<Result> {
  const script = fileURLToPath(new URL(`../dist/${command}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const before = stderr;
    stderr += text;
    if (interruptAt !== undefined && !before.includes(interruptAt) && stderr.includes(interruptAt))
      child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const folder = () => mkdtempSync(join(tmpdir(), 'tokenwire-compare-'));
const SMALL = ['--runs', '1', '--tokens', '20', '--tokens-per-second', '500', '--streams', '2'];

describe('compare', () => {
  it('prints six rows with one hash, and writes its files', async () => {
    const out = folder();
    const { code, stdout, stderr } = await run('compare', [...SMALL, '--out', out]);
    expect(stderr).toContain('block 1 of 1');
    expect(code).toBe(0);
    const rows = stdout.match(/^(chunked|sse|websocket|long-poll|short-poll|batch) .* ([0-9a-f]{8})$/gm) ?? [];
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map((row) => row.slice(-8))).size).toBe(1);
    expect(readdirSync(out).toSorted()).toEqual(['report.json', 'report.md']);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    expect(report.modes.map(({ mode }) => mode)).toHaveLength(6);
    for (const { streams, deliveryMs, wire } of report.modes) {
      expect(streams).toBe(2);
      expect(deliveryMs?.min).toBeGreaterThan(0);
      expect(wire.downBytesPerToken).toBeGreaterThan(wire.payloadBytesPerToken);
    }
    expect(stdout).toContain(report.sentence);
  });

  it('--json prints the report and nothing else', async () => {
    const out = folder();
    const { code, stdout } = await run('compare', [...SMALL, '--model', 'sim', '--json', '--out', out]);
    expect(code).toBe(0);
    const printed = JSON.parse(stdout) as Report;
    expect(printed).toEqual(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
    expect(printed.answer.tokens).toBe(20);
    expect(printed.manifest.options.model).toBe('sim');
  });

  it('an output folder that cannot be written is refused before anything is measured', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const { code, stdout, stderr } = await run('compare', ['--out', join(file, 'inside')]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('cannot write to --out');
    expect(stderr).not.toContain('count bytes');
  });

  it('an impossible option is refused in one line', async () => {
    const { code, stderr } = await run('compare', ['--runs', '0']);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('--runs');
  });

  it('a model that no server has is refused in the server’s words', async () => {
    const { code, stderr } = await run('compare', [...SMALL, '--model', 'nothing', '--out', folder()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/compare: .*model/);
  });

  it('an answer that ends half-way gives no figure', async () => {
    const out = folder();
    const { code, stdout } = await run('compare', [...SMALL, '--model', 'sim/error', '--out', out]);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(readdirSync(out)).toEqual([]);
  });

  it('--help lists the options', async () => {
    const { code, stdout } = await run('compare', ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--tokens-per-second');
  });

  // Windows has no signals: an interrupted process is simply gone.
  it.skipIf(process.platform === 'win32')('Ctrl-C ends it, its servers too', async () => {
    const out = folder();
    const { code, stdout, stderr } = await run('compare', ['--out', out], 'block 1 of');
    expect(stderr).toContain('interrupted');
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('stops', () => {
  it('closes every connection to the model, over every mode, and leaves nothing', async () => {
    const { code, stdout } = await run('stops', ['--stops', '20', '--parallel', '5', '--json']);
    // How long it took is for an idle machine to say.
    expect([0, 1]).toContain(code);
    const { verdict, results } = JSON.parse(stdout) as {
      readonly verdict: readonly { readonly promise: string; readonly kept: boolean }[];
      readonly results: readonly unknown[];
    };
    expect(results).toHaveLength(20);
    const broken = verdict.filter(({ kept, promise }) => !kept && !promise.includes('p99'));
    expect(broken).toEqual([]);
  });
});

describe('leftovers', () => {
  it('finds a server as it was, after answers over every mode of which some are stopped, left or refused', async () => {
    const size = ['--generations', '105', '--parallel', '10', '--retention-ms', '2000'];
    const { code, stdout } = await run('leftovers', [...size, '--json']);
    const { left, after } = JSON.parse(stdout) as Leftovers;
    expect(left).toEqual([]);
    expect(after).toMatchObject({ tokenwire_generations_kept: 0, tokenwire_expired_ids: 0, tokenwire_connections: 1 });
    expect(code).toBe(0);
  });
});

describe('stalled', () => {
  it('takes options, and says which modes there are', async () => {
    const { code, stderr } = await run('stalled', ['--modes', 'long-poll']);
    expect(stderr).toContain('Allowed choices are chunked, sse, websocket');
    expect(code).toBe(2);
  });
});

describe('cost', () => {
  it('measures controls and servers alike', async () => {
    const load = ['--blocks', '1', '--streams', '4', '--tokens', '200', '--targets', 'ws,chunked'];
    const { code, stdout, stderr } = await run('cost', load);
    expect(stderr).not.toContain('cost:');
    expect(code).toBe(0);
    for (const target of ['net', 'ws', 'chunked']) expect(stdout).toMatch(new RegExp(`│ ${target} +│`));
  });

  it('streams too short to run together are no measurement', async () => {
    const { code, stderr } = await run('cost', [
      '--blocks',
      '1',
      '--streams',
      '4',
      '--tokens',
      '5',
      '--targets',
      'net',
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('use more tokens');
  });
});
