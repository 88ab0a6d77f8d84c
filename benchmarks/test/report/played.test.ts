import { describe, expect, it } from 'vitest';

import type { TraceSummary } from '../../src/raw/manifest.js';
import { differenceOfTraces, recordingNotes } from '../../src/report/played.js';
import { labReport } from '../support/lab-report.js';

const HASH = '1f'.repeat(32);
const drawn = (name: string, seed: number): TraceSummary => ({
  ...{ name, seed, tokens: 2, tokensPerSecond: 50, textSha256: '', offsetsUs: [0, 20_000] },
});
const recorded = (name: string): TraceSummary => ({
  ...drawn('recording', 0),
  seed: null,
  recording: { name, sha256: HASH },
});

const manifestOf = (traces: Readonly<Record<string, TraceSummary>>) => labReport({}, { traces }).manifest;
const SEVEN = manifestOf({ a: drawn('steady-full', 7), b: drawn('warm-up', 1), c: drawn('burst-64', 7) });

describe('two runs', () => {
  it('that played the same are told so, whatever only one of them needed', () => {
    expect(differenceOfTraces(SEVEN, SEVEN)).toBe('');
    expect(differenceOfTraces(SEVEN, manifestOf({ a: drawn('steady-full', 7), d: drawn('cut', 7) }))).toBe('');
    const mine = manifestOf({ d: recorded('mine') });
    // The same answer in another file.
    expect(differenceOfTraces(mine, manifestOf({ d: recorded('a-copy') }))).toBe('');
  });

  it('with other seeds or another recording are told apart', () => {
    const eight = manifestOf({ z: drawn('steady-full', 8), b: drawn('warm-up', 1) });
    expect(differenceOfTraces(SEVEN, eight)).toMatch(/: steady-full \(seed 7, then seed 8\)\.$/);
    const [mine, yours] = [manifestOf({ d: recorded('mine') }), manifestOf({ e: recorded('yours') })];
    expect(differenceOfTraces(mine, yours)).toMatch(/: recording \(recording mine, .*, then recording yours, .*\)\.$/);
    expect(differenceOfTraces(SEVEN, mine)).toMatch(
      /: recording \(none, then recording mine, file’s SHA-256 (1f)+\)\.$/,
    );
    expect(differenceOfTraces(mine, SEVEN)).toMatch(/then none\)\.$/);
  });
});

describe('a recording', () => {
  it('is named in a note, with its hash', () => {
    expect(recordingNotes(SEVEN)).toEqual([]);
    const [note] = recordingNotes(manifestOf({ d: recorded('mine') }));
    expect(note).toContain(`The answer is the recording mine, file’s SHA-256 ${HASH}: 2 tokens`);
  });
});
