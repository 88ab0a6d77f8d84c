import { describe, expect, it } from 'vitest';

import { CSV_COLUMNS, csvCell, renderCsv } from '../../src/report/csv.js';
import { comparisonText, estimateText, spreadText, wrap } from '../../src/report/format.js';
import { actionEntries } from '../../src/report/github-action-benchmark.js';
import { md, renderMarkdown } from '../../src/report/markdown.js';
import type { Estimate, Row, ScenarioReport } from '../../src/report/model.js';
import { numberNotes, superscript } from '../../src/report/notes.js';
import { valueTable } from '../../src/report/tables.js';
import { drawTable, renderScenario, renderTerminal, TERMINAL_COLUMNS } from '../../src/report/terminal.js';
import { makeReport } from './fixture.js';

const report = makeReport();
const steady = report.scenarios.find(({ name }) => name === 'steady')!;
const ms = { unit: 'ms' } as const;
const estimate = (rest: Partial<Estimate>): Estimate => ({
  ...{ value: 1, low: null, high: null, samples: 9, streams: 9, blocks: 9, sampleOnly: false },
  ...rest,
});

/** A parser of RFC 4180 that knows nothing of the writer. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('a value', () => {
  it('has its interval beside it, and a mark when it speaks for the sample only', () => {
    expect(estimateText(estimate({ value: 0.863, low: 0.82, high: 0.9 }), ms)).toBe('0.86 ±5.0%');
    expect(estimateText(estimate({ value: 2.2, sampleOnly: true }), ms)).toBe('2.20†');
    expect(estimateText(estimate({ value: 110, low: 90, high: 120 }), { unit: 'bytes' })).toBe('110 ±18%');
  });

  it('that the sample cannot carry is a dash, never a number', () => {
    expect(estimateText(estimate({ value: null, low: 1, high: 2 }), ms)).toBe('–');
    expect(estimateText(undefined, ms)).toBe('–');
    expect(spreadText(estimate({ value: 0, low: 0, high: 1 }))).toBe('');
  });

  it('against the reference has its word, or the interval when nothing can be said', () => {
    const ratio = estimate({ value: 1.651, low: 0.9, high: 1.31 });
    expect(comparisonText({ word: 'slower', ratio })).toBe('1.65× slower');
    expect(comparisonText({ word: 'equivalent', ratio })).toBe('1.65× ≈');
    expect(comparisonText({ word: 'inconclusive', ratio })).toBe('0.90–1.31× ~');
  });
});

describe('the terminal', () => {
  const text = renderTerminal(report);

  it('never writes beyond 120 columns', () => {
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(TERMINAL_COLUMNS);
  });

  /** A note without the target that it belongs to. */
  const body = (note: string) => note.replace(/^(?:ws|Socket\.IO polling): /, '');

  it('shows every target, value, question, answer and note of every scenario', () => {
    for (const scenario of report.scenarios) {
      const shown = renderScenario(report, scenario).replaceAll(/\s+/g, ' ');
      for (const part of [scenario.title, scenario.question, scenario.answer, ...scenario.notes.map(body)])
        expect(shown).toContain(part);
      for (const row of scenario.rows) {
        expect(shown).toContain(row.target);
        for (const reason of [...row.reasons, ...(row.flags ?? [])]) expect(shown).toContain(reason);
      }
    }
  });

  it('shows the instrument’s own figures, and what was not run', () => {
    expect(text).toContain('40 comparisons, no difference found');
    expect(text).toContain('error 0.12 ms');
    expect(text).toContain('0.991×');
    const none = { aa: null, ceiling: {}, floor: {}, knownDelay: null, secondOpinion: null };
    expect(renderTerminal({ ...report, instrument: none }).match(/not run/g)).toHaveLength(5);
  });

  it('continues a table that is too wide below, beginning with the target again', () => {
    const lines = drawTable(valueTable(report, steady), 1);
    expect(lines.filter((line) => line.startsWith('✓ Socket.IO polling'))).toHaveLength(2);
    expect(lines.join('\n')).toContain('HTTP ↓');
  });

  it('gives no figures for a row that is invalid', () => {
    const scenario = report.scenarios.find(({ name }) => name === 'proxies')!;
    const line = renderScenario(report, scenario).match(/✗ sse.*/)?.[0];
    expect(line).toMatch(/^✗ sse ¹ +– +–$/);
  });

  it('breaks prose, and only at spaces', () => {
    expect(wrap('one two three', 7, '  ')).toEqual(['one two', '  three']);
    expect(wrap('', 10)).toEqual([]);
    expect(wrap('immeasurable', 4)).toEqual(['immeasurable']);
  });
});

describe('notes', () => {
  it('are numbered where they belong to a target or row, and shared when equal', () => {
    const row = (target: string, reasons: string[]): Row => ({
      ...(steady.rows[0] as Row),
      ...{ target, reasons, flags: [], verdict: reasons.length > 0 ? 'CONTAMINATED' : 'VALID' },
    });
    const rows = [
      row('sse', ['block 1: delay p99 106.5 ms, limit 50.0 ms', 'block 2: delay p99 90.1 ms, limit 50.0 ms']),
      row('ws', ['block 2: delay p99 484 ms, limit 50.0 ms', 'stolen']),
      row('net', []),
    ];
    const scenario: ScenarioReport = { ...steady, rows, notes: ['ws: bare', 'said of all', 'net: bare'] };
    const notes = numberNotes(scenario);
    expect(notes.numbered).toEqual([
      'bare',
      'CONTAMINATED: delay p99 90.1 to 484 ms, limit 50.0 ms',
      'CONTAMINATED: stolen',
    ]);
    expect(notes.general).toEqual(['said of all']);
    expect(rows.map(notes.of)).toEqual([[2], [1, 2, 3], [1]]);
    expect(superscript([2, 13])).toBe('² ¹³');
  });
});

describe('Markdown', () => {
  it('has a table a scenario, each line with as many cells as the heading', () => {
    const text = renderMarkdown(report);
    const tables = text.match(/(?:^\|.*\n)+/gm) ?? [];
    const compared = report.scenarios.filter(({ comparisons }) => comparisons.length > 0).length;
    expect(tables).toHaveLength(report.scenarios.length + compared);
    for (const table of tables) {
      const counts = table
        .trimEnd()
        .split('\n')
        .map((line) => line.match(/(?<!\\)\|/g)?.length);
      expect(new Set(counts).size).toBe(1);
    }
  });

  it('shows hostile text as it is', () => {
    expect(md('<b>|a*\n[x](y)\u2028`')).toBe('&lt;b&gt;\\|a\\* \\[x\\](y) \\`');
  });
});

describe('CSV', () => {
  const rows = parseCsv(renderCsv(report));

  it('is tidy: a line for every figure of every row', () => {
    const figures = report.scenarios.flatMap((one) => one.rows.flatMap((row) => Object.keys(row.values)));
    expect(rows).toHaveLength(1 + figures.length);
    expect(rows[0]).toEqual(CSV_COLUMNS);
    for (const row of rows) expect(row).toHaveLength(CSV_COLUMNS.length);
  });

  it('carries what was measured, exactly, and the comparison', () => {
    const [heading = [], ...lines] = rows;
    const records = lines.map((line) => Object.fromEntries(heading.map((name, index) => [name, line[index]])));
    const found = records.find(
      (one) => one['scenario'] === 'steady' && one['target'] === 'net' && one['metric'] === 'delivery.p50',
    );
    const row = steady.rows.find(({ target }) => target === 'net');
    const comparison = steady.comparisons.find((one) => one.target === 'net' && one.metric === 'delivery.p50');
    expect(Number(found?.['value'])).toBe(row?.values['delivery.p50']?.value);
    expect(found).toMatchObject({ reference: 'sse', word: comparison?.word, unit: 'ms', sample_only: 'false' });
    expect(Number(found?.['ratio'])).toBe(comparison?.ratio.value);
    expect(records.find((one) => one['metric'] === 'memory')?.['value']).toBe('');
  });

  it('is no formula to a spreadsheet, and quotes what has to be quoted', () => {
    expect(
      ['=1+1', '+1', '-x', '@SUM', '\tx', ' =x', '＝x'].map(csvCell).map((cell) => cell.replace(/^"/, '')[0]),
    ).toEqual(Array.from({ length: 7 }, () => "'"));
    expect([-1.5, 0, null, undefined, Number.NaN, true].map(csvCell)).toEqual(['-1.5', '0', '', '', '', 'true']);
    expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
    expect(csvCell('a\r\nb')).toBe('"a\r\nb"');
  });
});

describe('github-action-benchmark', () => {
  it('has one direction a file, valid rows only, and a range from the interval', () => {
    const smaller = actionEntries(report, 'smaller');
    expect(smaller.length).toBeGreaterThan(100);
    expect(new Set(smaller.map(({ name }) => name)).size).toBe(smaller.length);
    for (const { value, unit, range } of smaller) {
      expect(Number.isFinite(value) && unit.length > 0).toBe(true);
      if (range !== undefined) expect(range).toMatch(/^± [\d.e+-]+$/);
    }
    expect(smaller.some(({ name }) => name.includes('500 streams / websocket'))).toBe(false);
    expect(smaller.some(({ name }) => name.endsWith('tokens/s'))).toBe(false);
    expect(actionEntries(report, 'bigger').every(({ name }) => name.endsWith('tokens/s'))).toBe(true);
    expect(new Set(actionEntries(report, 'counts').map(({ unit }) => unit))).toEqual(new Set(['bytes', 'count']));
  });
});
