import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { formatLine, parseRecording, type Piece } from '@tokenwire/token-source';
import { afterAll, describe, expect, it } from 'vitest';

import { readOptions } from '../../src/bench/options.js';
import { UsageError } from '../../src/compare/failures.js';
import { sha256 } from '../../src/compare/sha256.js';
import { planOf } from '../../src/run/plan.js';
import { SCENARIOS } from '../../src/scenarios/index.js';
import { CONTROLS } from '../../src/targets/controls.js';
import { OURS } from '../../src/targets/ours.js';
import { recordedTrace } from '../../src/trace/recorded.js';
import { makeTrace, recordingOf } from '../../src/trace/trace.js';

const folder = mkdtempSync(join(tmpdir(), 'tokenwire-recorded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = formatLine({
  format: 'tokenwire.replay',
  version: 1,
  model: 'some/model',
  createdAt: '2026-01-02T03:04:05.000Z',
});
const END: Piece = { type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 4 } };

/** Writes a recording. @returns its path. */
function file(name: string, pieces: readonly (readonly [atMs: number, piece: Piece])[]): string {
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, HEADER + pieces.map(([atMs, piece]) => formatLine({ atMs, piece })).join(''));
  return path;
}

const PIECES = [
  [250, { type: 'thinking', thinking: 'Hm. ' }],
  [300, { type: 'text', text: 'Hello', tokens: 3 }],
  [300, { type: 'text', text: '' }],
  [300, { type: 'text', text: ' "🎉"\n' }],
  [410.0625, { type: 'tool_use', id: 'call_1', name: 'look' }],
  [1_410.0625, { type: 'tool_input', partialJson: '{"a":1}' }],
  [1_500, END],
] as const satisfies readonly (readonly [number, Piece])[];
const path = file('my-answer', PIECES);
const TEXTS = ['Hm. ', 'Hello', ' "🎉"\n', '{"a":1}'];
const OFFSETS_US = [250_000, 300_000, 300_000, 1_410_063];

describe('a trace of a recording', () => {
  const spec = recordedTrace(path);
  const trace = makeTrace(spec);

  it('has the text and the time of each piece that says something', () => {
    expect(trace).toMatchObject({ texts: TEXTS, offsetsUs: OFFSETS_US, tokens: 4, textSha256: sha256(TEXTS.join('')) });
    expect(spec).toMatchObject({ tokens: 4, ttftMs: 250, tokensPerSecond: 2.586 });
  });

  it('says which file it was made of, and has no seed', () => {
    const content = HEADER + PIECES.map(([atMs, piece]) => formatLine({ atMs, piece })).join('');
    expect(trace).toMatchObject({ seed: null, recording: { name: 'my-answer', sha256: sha256(content) } });
  });

  it('is what servers get, to the microsecond', () => {
    const { lines } = parseRecording(recordingOf(trace));
    expect(lines.map(({ atMs }) => atMs)).toEqual([...OFFSETS_US, 1_410_063].map((us) => us / 1000));
    expect(lines.slice(0, -1).map(({ piece }) => piece)).toEqual(TEXTS.map((text) => ({ type: 'text', text })));
  });

  it('has a rate when everything came at once, too', () => {
    const words = [10, 10, 10].map((atMs) => [atMs, { type: 'text', text: 'a' }] as const);
    expect(recordedTrace(file('at-once', [...words, [10, END]])).tokensPerSecond).toBe(2_000);
  });
});

describe('a file that cannot be a trace is refused in one line', () => {
  const half = { type: 'text', text: '\ud83c' } as const;
  const word = { type: 'text', text: 'a' } as const;
  it.each([
    [
      'that breaks the format',
      file('bad', [
        [9, word],
        [8, word],
        [9, END],
      ]),
      /^--recording bad: line 3: atMs must be/,
    ],
    [
      'with half a character',
      file('half', [
        [1, word],
        [2, half],
        [3, END],
      ]),
      /^--recording half: line 3: half a char/,
    ],
    [
      'that says too little',
      file('short', [
        [1, word],
        [2, END],
      ]),
      /^--recording short: an answer of less than two/,
    ],
    ['that is not there', join(folder, 'none.jsonl'), /^--recording none: ENOENT/],
  ])('%s', (_, bad, message) => {
    expect(() => recordedTrace(bad)).toThrow(UsageError);
    expect(() => recordedTrace(bad)).toThrow(message);
  });
});

describe('--recording', () => {
  it('is read before anything is measured, and its folder is not kept', () => {
    for (const given of [['--recording', path], [`--recording=${path}`]]) {
      const options = readOptions(['steady', ...given]);
      expect(options?.recording).toEqual(recordedTrace(path));
      expect(options?.argv.join(' ')).toMatch(/^steady --recording.my-answer\.jsonl$/);
    }
  });

  it('is refused where nothing would play it', () => {
    expect(() => readOptions(['burst', 'stop', '--recording', path])).toThrow(
      /only for aa, known-delay, wire, steady,/,
    );
  });

  it('is documented with the scenarios that play it', () => {
    const page = readFileSync(fileURLToPath(new URL('../../../docs/measuring.md', import.meta.url)), 'utf8');
    const [, names = ''] = /These scenarios play it: ([^.]*)\./.exec(page) ?? [];
    const playing = SCENARIOS.filter(({ recordable }) => recordable).map(({ name }) => name);
    expect(names.match(/[a-z-]+/g)).toEqual(playing);
  });

  it('is played by all targets of the scenarios that take one, and by no other', () => {
    const recording = recordedTrace(path);
    const targets = [...OURS, ...CONTROLS];
    for (const scenario of SCENARIOS) {
      const { cells } = planOf(scenario, { size: 'quick', seed: 8, blocks: 1, targets, recording });
      expect(cells.length).toBeGreaterThan(0);
      const playing = cells.filter(({ load }) => load.trace === recording);
      expect([scenario.name, playing.length]).toEqual([scenario.name, scenario.recordable ? cells.length : 0]);
    }
  });
});
