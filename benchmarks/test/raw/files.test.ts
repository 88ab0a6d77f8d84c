import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { UsageError } from '../../src/compare/failures.js';
import { readRaw } from '../../src/raw/read.js';
import { RawWriter } from '../../src/raw/write.js';
import { fakeRun } from '../support/synthetic.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwire-raw-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const lines = fakeRun({ seed: 1, targets: [{ name: 'ü' }], blocks: 2, streams: 2 });
const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function written(content: string | Buffer, name = 'raw.jsonl'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function failure(content: string): string {
  try {
    return `read ${[...readRaw(written(content))].length}`;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message.replace(`${folder}/`, '');
  }
}

/** The text with one of its lines, counted from 1, changed. */
function withLine(number: number, change: (line: Record<string, unknown>) => unknown): string {
  const all = text.trimEnd().split('\n');
  const line = JSON.parse(all[number - 1] ?? '') as Record<string, unknown>;
  return `${all.with(number - 1, JSON.stringify(change(line))).join('\n')}\n`;
}

describe('raw data', () => {
  it('is read as it was written, while it is written', () => {
    const path = join(folder, 'raw.jsonl');
    const writer = new RawWriter(path);
    writer.write(lines.slice(0, 3));
    expect([...readRaw(path)]).toEqual(lines.slice(0, 3));
    writer.write(lines.slice(3));
    writer.close();
    expect([...readRaw(path)]).toEqual(lines);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('may be compressed', () => {
    expect([...readRaw(written(gzipSync(text), 'raw.jsonl.gz'))]).toEqual(lines);
  });

  it('loses a last line that was cut off, and no other', () => {
    expect([...readRaw(written(text.slice(0, -20)))]).toEqual(lines.slice(0, -1));
  });
});

describe('bad raw data', () => {
  it('is named with its line', () => {
    expect(failure(text.replace('{"kind":"stream"', '{"kind":stream'))).toBe('raw.jsonl, line 2: this is no JSON');
    expect(failure(withLine(3, (line) => ({ ...line, kind: 'steam' })))).toBe(
      'raw.jsonl, line 3: unknown kind "steam"',
    );
    expect(failure(withLine(2, (line) => ({ ...line, slipUs: [1, null] })))).toBe(
      'raw.jsonl, line 2: "slipUs" is missing or wrong',
    );
    expect(failure(withLine(4, ({ values: _, ...line }) => line))).toBe(
      'raw.jsonl, line 4: "values" is missing or wrong',
    );
    expect(failure(withLine(2, () => 7))).toBe('raw.jsonl, line 2: this is no object');
    expect(failure(withLine(2, () => null))).toBe('raw.jsonl, line 2: this is no object');
    expect(failure(withLine(2, () => lines[0]))).toBe('raw.jsonl, line 2: a second manifest');
  });

  it('of another methodology is not read at all', () => {
    expect(failure(withLine(1, (line) => ({ ...line, methodology: 'tokenwire-bench/0' })))).toContain(
      'line 1: made by tokenwire-bench/0, and cannot be read as tokenwire-bench/1',
    );
  });

  it('without a manifest, or with nothing in it, is refused', () => {
    expect(failure(text.slice(text.indexOf('\n') + 1))).toBe('raw.jsonl, line 1: no manifest');
    expect(failure('')).toBe('raw.jsonl: there is nothing in it');
    expect(() => [...readRaw(join(folder, 'nowhere.jsonl'))]).toThrow(UsageError);
    expect(() => [...readRaw(written('no gzip', 'raw.jsonl.gz'))]).toThrow(UsageError);
  });
});
