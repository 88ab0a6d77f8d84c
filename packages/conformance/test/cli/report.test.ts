import { describe, expect, it } from 'vitest';

import { documentOf } from '../../src/cli/document.js';
import { explain, list } from '../../src/cli/explain.js';
import { readCommand, type RunOptions } from '../../src/cli/options.js';
import { Report } from '../../src/cli/report.js';
import type { Result } from '../../src/cli/result.js';
import { REQUIREMENTS } from '../../src/index.js';

const about = { source: 'docs/protocol.md#resources', group: 'Resuming', mode: 'sse' } as const;
const RESULTS: readonly Result[] = [
  { ...about, id: 'resume-after-n', title: 'Reading after n', status: 'failed', error: 'a\nb', durationMs: 1_234 },
  { ...about, id: 'resume-at-the-tail', title: 'Reading at the tail', status: 'passed', durationMs: 12 },
  {
    ...about,
    id: 'cursor-expired',
    title: 'Expired',
    status: 'not-asked',
    reason: 'needs to start a server of this kind with options of its own',
    durationMs: 0,
  },
];

function written(options: { colour: boolean; transient: boolean }): string {
  let text = '';
  const report = new Report({ ...options, write: (more) => (text += more) }, RESULTS.length);
  for (const result of RESULTS) {
    report.started(result.title);
    report.add(result);
  }
  report.end(RESULTS, 2_500);
  return text;
}

describe('The report', () => {
  it('groups by subject, shows what was seen and why it matters, and counts', () => {
    expect(written({ colour: false, transient: false })).toBe(`
Resuming · sse
  ✗ Reading after n  1.2 s
      seen    a
              b
      matters A client that stored its cursor shows an answer with a hole, or says things twice.
      source  docs/protocol.md#resources
      more    --explain resume-after-n
  ✓ Reading at the tail  12 ms
  – 1 not asked: needs to start a server of this kind with options of its own

Failed
  ✗ resume-after-n (sse): Reading after n
1 not asked: to ask them, give --launch '<command that starts your server>'
1 passed, 1 failed, 1 not asked, 2.5 s
`);
  });

  it('uses colours and takes lines back only on a terminal that can', () => {
    const plain = written({ colour: false, transient: false });
    expect(plain).not.toContain('\u001B');
    expect(plain).not.toContain('…');
    expect(written({ colour: true, transient: true })).toContain('\u001B[31m✗\u001B[0m');
    const withoutColour = written({ colour: false, transient: true });
    expect(withoutColour).toContain('\r\u001B[K  … 1/3 Reading after n');
    const takenBack = withoutColour.split('\r\u001B[K').map((part) => (part.startsWith('  … ') ? '' : part));
    expect(takenBack.join('')).toBe(plain);
  });
});

describe('The JSON document', () => {
  const options = readCommand(['http://localhost:1', '--mode', 'sse', '--json']) as RunOptions;

  it('has everything that the report has', () => {
    const document: unknown = JSON.parse(
      documentOf(options, { url: 'http://localhost:1', results: RESULTS, durationMs: 2_500.4 }),
    );
    expect(document).toEqual({
      version: 1,
      url: 'http://localhost:1',
      mode: 'sse',
      node: process.version,
      durationMs: 2_500,
      requirements: RESULTS,
      totals: { passed: 1, failed: 1, notAsked: 1 },
    });
  });

  it('says why there is nothing in it', () => {
    const document: unknown = JSON.parse(documentOf(options, { url: undefined, error: 'gone', durationMs: 1 }));
    expect(document).toMatchObject({
      url: null,
      error: 'gone',
      requirements: [],
      totals: { passed: 0, failed: 0, notAsked: 0 },
    });
  });
});

describe('Explanations', () => {
  it('say of every requirement what, why, and from where', () => {
    for (const requirement of REQUIREMENTS) {
      const text = explain(requirement);
      for (const part of [requirement.title, requirement.why, requirement.source, requirement.id])
        expect(text).toContain(part);
      for (const [mode, reason] of Object.entries(requirement.exempt ?? {})) {
        expect(text).toMatch(new RegExp(`^not for   .*\\b${mode}\\b.*: ${reason.slice(0, 10)}`, 'm'));
      }
      expect(text.includes('needs     ')).toBe((requirement.needs ?? []).length > 0);
      expect(text).not.toContain('subject   Others');
    }
  });

  it('are found by the list', () => {
    const lines = list().split('\n');
    for (const { id } of REQUIREMENTS) expect(lines).toContain(`  ${id}`);
  });
});
