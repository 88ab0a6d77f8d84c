import { describe, expect, it } from 'vitest';

import type { DiffRow } from '../../src/report/diff-model.js';
import { renderDiff, renderDiffMarkdown } from '../../src/report/diff-table.js';
import type { Estimate, Word } from '../../src/report/model.js';
import { makeReport } from './fixture.js';

const report = makeReport();

const estimate = (value: number | null): Estimate => ({
  ...{ value, low: value && value * 0.98, high: value && value * 1.02 },
  ...{ samples: 9, streams: 9, blocks: 9, sampleOnly: false },
});

function row(word: Word, before: number | null, after: number | null, rest: Partial<DiffRow> = {}): DiffRow {
  const ratio = before && after ? after / before : null;
  const interval = { ratio, low: ratio && ratio * 0.97, high: ratio && ratio * 1.03 };
  return {
    ...{ scenario: 'steady', target: 'sse', point: '', metric: 'delivery.p50', word, ...interval },
    ...{ old: estimate(before), new: estimate(after), ...rest },
  };
}

const linesOf = (rows: readonly DiffRow[]) => renderDiff(rows, report).split('\n');

describe('a diff', () => {
  it('shows old, new and the change, with its interval', () => {
    const line = linesOf([row('slower', 2, 3)]).find((text) => text.includes('sse'));
    expect(line?.trim().split(/\s{2,}/)).toEqual([
      ...['sse', 'D p50, ms', '2.00 ±2.0%', '3.00 ±2.0%', '+50.0%', '1.50× (1.46×–1.54×)', 'slower'],
    ]);
    expect(linesOf([row('faster', 3, 2)]).join('\n')).toContain('−33.3%');
  });

  it('shows ~ where nothing can be said, however far the medians are apart', () => {
    for (const word of ['equivalent', 'inconclusive'] as const) {
      const text = linesOf([row(word, 2, 3)]).join('\n');
      expect(text).toMatch(new RegExp(`~ .*${word}`));
      expect(text).not.toContain('+50.0%');
    }
  });

  it('survives values that are not there', () => {
    expect(linesOf([row('inconclusive', null, 3)]).join('\n')).toMatch(/– +3\.00 ±2\.0% +~ +–/);
    expect(renderDiff([], report)).toBe('The two reports have no figure in common.');
  });

  it('has a table a scenario within 120 columns, and counts the words', () => {
    const rows = [
      row('slower', 2, 3),
      row('equivalent', 2, 2),
      row('less', 3, 2, { scenario: 'streams', point: '9 streams' }),
    ];
    const lines = linesOf(rows);
    expect(lines.filter((line) => line === 'steady' || line === 'streams')).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
    expect(lines.at(-1)).toBe('3 figures in both: 1 slower, 1 equivalent and 1 less.');
    expect(renderDiffMarkdown(rows, report).match(/^\| .* \|$/gm)).toHaveLength(2 + 2 + 3);
  });
});
