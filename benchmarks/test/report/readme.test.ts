import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { UsageError } from '../../src/compare/failures.js';
import type { LabReport } from '../../src/report/model.js';
import { latestResults, MARKERS, readmeTable, withTable } from '../../src/report/readme.js';
import { makeReport } from './fixture.js';

const report = makeReport();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwire-results-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function commit(name: string, change: Partial<LabReport>): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'report.json'), JSON.stringify({ ...report, ...change }));
}
const madeAt = (createdAt: string) => ({ manifest: { ...report.manifest, createdAt } });

describe('the latest results', () => {
  it('are the last that were made, whatever their names', () => {
    commit('b', madeAt('2026-01-01T00:00:00.000Z'));
    commit('a', madeAt('2026-02-01T00:00:00.000Z'));
    commit('only-wire', { ...madeAt('2026-03-01T00:00:00.000Z'), scenarios: report.scenarios.slice(1) });
    expect(latestResults(folder)?.name).toBe('a');
  });

  it('are none without a folder, and a mistake with an empty or an outdated one', () => {
    expect(latestResults(join(folder, 'nowhere'))).toBeUndefined();
    expect(() => latestResults(folder)).toThrow(UsageError);
    commit('old', { methodology: 'tokenwire-bench/0' as LabReport['methodology'] });
    expect(() => latestResults(folder)).toThrow(/measure again/);
  });
});

describe('the table', () => {
  const table = readmeTable({ name: 'two cores', report });

  it('has a line a target, and a link to the whole report', () => {
    for (const { target } of report.scenarios[0]?.rows ?? []) expect(table).toContain(`| ${target} |`);
    expect(table).toContain('(benchmarks/results/two%20cores/report.md)');
    expect(table).toContain('† describes this sample only');
  });

  it('changes with the figures', () => {
    const other = makeReport({ seed: 8 });
    expect(readmeTable({ name: 'two cores', report: other })).not.toBe(table);
  });

  it('takes bytes from the wire ledger and ratios from the comparisons', () => {
    const [steady, ...others] = report.scenarios;
    const [row] = steady!.rows;
    const estimate = row!.values['delivery.p50']!;
    const wire = {
      ...steady!,
      name: 'wire',
      rows: [{ ...row!, values: { 'wire.down': { ...estimate, value: 102 } } }],
    };
    const [compared] = steady!.comparisons;
    const cost = { ...compared!, metric: 'serverCpuSteady.median', word: 'more' as const };
    const ratio = { ...compared!.ratio, value: 1.62 };
    const altered = { ...steady!, comparisons: [{ ...cost, ratio }] };
    const shown = readmeTable({ name: 'x', report: { ...report, scenarios: [altered, wire, ...others] } });
    expect(shown).toContain('| B/token ↓ | CPU, × sse |');
    expect(shown).toMatch(/\| chunked \|.*\| 102 \| 1\.62× \|/);
  });

  it('replaces what is between the markers, and nothing else', () => {
    const readme = `a\n${MARKERS.begin}\nold\n${MARKERS.end}\nb\n`;
    const once = withTable(readme, 'new');
    expect(once).toBe(`a\n${MARKERS.begin}\n\nnew\n\n${MARKERS.end}\nb\n`);
    expect(withTable(once, 'new')).toBe(once);
    for (const wrong of ['a', MARKERS.begin, `${MARKERS.end}${MARKERS.begin}`, readme + readme])
      expect(() => withTable(wrong, 'new')).toThrow(UsageError);
  });
});
