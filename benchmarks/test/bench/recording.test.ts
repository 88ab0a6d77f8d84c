/** A recorded answer, measured by the built command on real servers. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { formatLine } from '@tokenwire/token-source';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sha256 } from '../../src/compare/sha256.js';
import { readRaw } from '../../src/raw/read.js';
import type { LabReport } from '../../src/report/model.js';

const script = fileURLToPath(new URL('../../dist/bench.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tokenwire-recording-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Uneven, with everything that a framing might break. */
const PIECES = ['Hm.', ' "yes"\n\n', 'data: 🎉', ' \\ ', '語', ' the secret', ' end.'].map((text, index) => ({
  atMs: 40 + index * index * 15.5,
  piece: index === 0 ? ({ type: 'thinking', thinking: text } as const) : ({ type: 'text', text } as const),
}));
const TEXT = PIECES.map(({ piece }) => (piece.type === 'text' ? piece.text : piece.thinking)).join('');
const FILE = [
  { format: 'tokenwire.replay', version: 1, model: 'tiny', createdAt: '2026-01-02T03:04:05.000Z' } as const,
  ...PIECES,
  { atMs: 700, piece: { type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 7 } } } as const,
].map(formatLine);

function bench(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

describe('a run with a recording', () => {
  const out = join(folder, 'run');
  const recording = { name: 'my-answer', sha256: sha256(FILE.join('')) };
  const read = (name: string): string => readFileSync(join(out, name), 'utf8');
  let result: Awaited<ReturnType<typeof bench>>;
  beforeAll(async () => {
    const path = join(folder, 'my-answer.jsonl');
    writeFileSync(path, FILE.join(''));
    const measured = ['steady', '--size', 'quick', '--blocks', '1', '--targets', 'net'];
    result = await bench(...measured, '--recording', path, '--out', out);
  }, 180_000);

  it('has every target say the recorded text, and never before its time', () => {
    expect([result.code, result.stderr]).toEqual([0, expect.not.stringContaining('no figures of')]);
    const lines = [...readRaw(join(out, 'raw.jsonl'))];
    const streams = lines.filter((line) => line.kind === 'stream');
    const targets = lines.flatMap((line) => (line.kind === 'trial' && line.scenario === 'steady' ? line.target : []));
    expect(new Set(targets)).toEqual(
      new Set(['net', ...['chunked', 'sse', 'websocket'].map((mode) => `${mode}, bare reader`)]),
    );
    expect(streams).toHaveLength(targets.length * 50);
    for (const { sha256: hash, slipUs, dueStartUs } of streams) {
      expect([hash, slipUs.length]).toEqual([sha256(TEXT), PIECES.length]);
      expect(dueStartUs).not.toBeNull();
      expect(Math.min(...slipUs)).toBeGreaterThanOrEqual(-1);
    }
  });

  it('names the recording in manifest and tables, and shows neither its text nor its folder', () => {
    const { manifest, scenarios, replay } = JSON.parse(read('report.json')) as LabReport;
    const played = Object.values(manifest.traces).find((trace) => trace.recording);
    expect(played).toMatchObject({ seed: null, recording, offsetsUs: PIECES.map(({ atMs }) => atMs * 1000) });
    const note = `recording my-answer, file’s SHA-256 ${recording.sha256}`;
    for (const scenario of scenarios) expect(scenario.notes[0]).toContain(note);
    for (const name of ['report.md', 'report.html']) expect(read(name)).toContain(note);
    expect(replay[0]?.tokens).toHaveLength(PIECES.length);
    for (const name of ['raw.jsonl', 'report.json', 'report.md', 'report.csv', 'report.html']) {
      expect(read(name)).not.toContain('the secret');
      expect(read(name)).not.toContain(join(folder, 'my-answer'));
    }
  });

  it('is told apart from a run that played something else', async () => {
    const same = await bench('diff', out, join(out, 'report.json'));
    expect([same.code, same.stderr]).toEqual([0, '']);
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify({ ...JSON.parse(read('report.json')), manifest: { traces: {} } }));
    const { code, stdout, stderr } = await bench('diff', other, out, '--markdown');
    const warning = /did not play the same answers.*: recording \(none, then recording my-answer/;
    expect(code).toBe(0);
    expect(stderr).toMatch(warning);
    expect(stdout).toMatch(warning);
  });
});
