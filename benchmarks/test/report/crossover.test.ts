import { describe, expect, it } from 'vitest';

import { crossover, type CrossoverRow } from '../../src/report/crossover.js';
import type { Comparison, Estimate, LabReport, Row, ScenarioReport, Word } from '../../src/report/model.js';
import { makeReport } from './fixture.js';

const base = makeReport();
const steady = base.scenarios[0] as ScenarioReport;
const someRow = steady.rows[0] as Row;

const estimate = (value: number | null, low: number | null = null, high: number | null = null): Estimate => ({
  ...{ value, low, high, samples: 9, streams: 9, blocks: 9, sampleOnly: false },
});

const row = (target: string, value: Estimate, rest: Partial<Row> = {}): Row => ({
  ...someRow,
  ...{ target, values: { 'delivery.p50': value }, ...rest },
});

function compared(target: string, reference: string, word: Word, difference = estimate(0)): Comparison {
  const ratio = estimate(1);
  const margin = { relative: 0.05, absolute: 0.2 };
  return { metric: 'delivery.p50', point: '', target, reference, word, ratio, difference, margin, why: '' };
}

/** The only row of the map of a report with these rows at one point. The margin is 5 % or 0.2 ms. */
function mapOf(rows: readonly Row[], comparisons: readonly Comparison[] = []): CrossoverRow {
  const report: LabReport = { ...base, scenarios: [{ ...steady, rows, comparisons }] };
  const [only, ...others] = crossover(report);
  expect(others).toEqual([]);
  return only as CrossoverRow;
}

const standings = ({ cells }: CrossoverRow) =>
  Object.fromEntries(cells.map(({ target, standing }) => [target, standing]));

describe('which mode wins', () => {
  it('is the lowest median, when its interval and those of the others are apart by more than chance', () => {
    const found = mapOf([row('sse', estimate(9, 8.8, 9.2)), row('websocket', estimate(5, 4.9, 5.1))]);
    expect(found).toMatchObject({ outcome: 'winner', leaders: ['websocket'] });
    expect(standings(found)).toEqual({ sse: 'slower', websocket: 'best' });
    expect(found.cells[0]).toMatchObject({ valueMs: 9, ratio: 1.8 });
  });

  it('is nobody when the difference lies within the margin', () => {
    const found = mapOf([row('sse', estimate(1.05, 1.03, 1.07)), row('chunked', estimate(1, 0.98, 1.02))]);
    expect(found).toMatchObject({ outcome: 'equivalent', leaders: ['chunked', 'sse'] });
  });

  it('is not known when the intervals overlap and are wider than the margin, or are missing', () => {
    const wide = mapOf([row('sse', estimate(6, 4, 8)), row('chunked', estimate(5, 4, 6))]);
    expect(wide).toMatchObject({ outcome: 'inconclusive', leaders: ['chunked', 'sse'] });
    const bare = mapOf([row('sse', estimate(600)), row('chunked', estimate(5))]);
    expect(bare.outcome).toBe('inconclusive');
  });

  it('follows the paired comparison where one of the two is the reference', () => {
    const rows = [row('sse', estimate(6, 4, 8)), row('chunked', estimate(5, 4, 6))];
    for (const [word, outcome] of [
      ['slower', 'winner'],
      ['equivalent', 'equivalent'],
      ['inconclusive', 'inconclusive'],
    ] as const)
      expect(mapOf(rows, [compared('sse', 'chunked', word)]).outcome).toBe(outcome);
    expect(mapOf(rows, [compared('chunked', 'sse', 'faster')]).outcome).toBe('winner');
  });

  it('uses paired differences from a common reference: they are narrower than the intervals', () => {
    const rows = [row('sse', estimate(6, 4, 8)), row('chunked', estimate(5, 4, 6))];
    const comparisons = [
      compared('sse', 'net', 'slower', estimate(5.5, 5.4, 5.6)),
      compared('chunked', 'net', 'slower', estimate(4.5, 4.4, 4.6)),
    ];
    expect(mapOf(rows, comparisons)).toMatchObject({ outcome: 'winner', leaders: ['chunked'] });
  });

  it('leaves out rows that are not valid, however fast, and withholds when fewer than two remain', () => {
    const fast = row('websocket', estimate(1, 0.9, 1.1), { verdict: 'GENERATOR-LIMITED' });
    const two = [row('sse', estimate(9, 8.8, 9.2)), row('chunked', estimate(5, 4.9, 5.1))];
    expect(mapOf([fast, ...two])).toMatchObject({ outcome: 'winner', leaders: ['chunked'] });
    expect(standings(mapOf([fast, ...two]))).toMatchObject({ websocket: 'withheld', sse: 'slower' });
    const found = mapOf([fast, two[0] as Row]);
    expect(found).toMatchObject({ outcome: 'withheld', leaders: [] });
    expect(found.cells.map(({ valueMs }) => valueMs)).toEqual([null, 9]);
    expect(mapOf([row('sse', estimate(null)), two[1] as Row]).outcome).toBe('withheld');
  });

  it('is asked of our modes only: not of batch, controls and peers', () => {
    const rows = [row('sse', estimate(9, 8.8, 9.2)), row('chunked', estimate(5, 4.9, 5.1))];
    const found = mapOf([...rows, row('batch', estimate(1, 0.9, 1.1)), row('net', estimate(1), { kind: 'control' })]);
    expect(found.cells.map(({ target }) => target)).toEqual(['sse', 'chunked']);
  });

  it('is asked at every point of every scenario that has two of them', () => {
    const points = base.scenarios.flatMap(({ name, rows }) =>
      [...new Set(rows.map(({ point }) => point))].map((point) => `${name}/${point}`),
    );
    expect(crossover(base).map(({ scenario, point }) => `${scenario}/${point}`)).toEqual(points);
  });
});
