import { describe, expect, it } from 'vitest';

import { InvalidMeasurement } from '../../src/compare/failures.js';
import type { RawLine, RawTrial } from '../../src/raw/raw.js';
import { buildReport } from '../../src/report/build.js';
import type { Scenario } from '../../src/scenarios/scenario.js';
import { fakeRun, fakeScenario, TOKENS, traceOf, type Fake } from '../support/synthetic.js';

const A: Fake = { name: 'a' };
const B: Fake = { name: 'b' };

function changeTrials(lines: readonly RawLine[], change: (trial: RawTrial) => Partial<RawTrial>): RawLine[] {
  return lines.map((line) => (line.kind === 'trial' ? { ...line, ...change(line) } : line));
}

/** Several runs as one file. */
function joined(...runs: readonly (readonly RawLine[])[]): RawLine[] {
  const [first = [], ...others] = runs;
  let last = first.filter(({ kind }) => kind === 'trial').length;
  return others.reduce<RawLine[]>(
    (all, run) => {
      const renumbered = run
        .filter(({ kind }) => kind !== 'manifest')
        .map((line) => ('trial' in line ? { ...line, trial: line.trial + last } : line));
      last += run.filter(({ kind }) => kind === 'trial').length;
      return [...all, ...renumbered];
    },
    [...first],
  );
}

describe('a report', () => {
  const report = buildReport(fakeRun({ seed: 1, targets: [A, B] }), [fakeScenario()]);
  const [scenario] = report.scenarios;

  it('has the rows, metrics and comparisons of its scenarios', () => {
    expect(scenario?.rows.map(({ target, blocks, streams, tokens }) => [target, blocks, streams, tokens])).toEqual([
      ['a', 6, 120, 120 * TOKENS],
      ['b', 6, 120, 120 * TOKENS],
    ]);
    expect(Object.keys(report.metrics)).toEqual(scenario?.columns);
    expect(scenario?.comparisons.map(({ metric }) => metric)).toEqual(scenario?.columns);
    expect(scenario?.rows[0]?.deliveryPercentilesMs).toHaveLength(101);
    expect(scenario?.rows[0]?.deliveryPercentilesMs[50]).toBe(scenario?.rows[0]?.values['delivery.p50']?.value);
  });

  it('carries no p99 of streams that it does not have', () => {
    expect(scenario?.rows[0]?.values['delivery.p99']?.sampleOnly).toBe(true);
    expect(scenario?.rows[0]?.values['delivery.p50']?.sampleOnly).toBe(false);
  });

  it('asks a scenario for its answer last, when everything else is there', () => {
    const answer: Scenario['answer'] = (own, all) =>
      `${own.comparisons.length} ${Object.keys(all.instrument.floor).length}`;
    const again = buildReport(fakeRun({ seed: 1, targets: [A, B] }), [fakeScenario({ answer })]);
    expect(again.scenarios[0]?.answer).toBe('6 6');
  });

  it('shows cells in their own order, whatever was measured first, with their notes', () => {
    const lines = changeTrials(fakeRun({ seed: 1, targets: [A, B] }), ({ target }) => ({
      shown: {
        order: target === 'a' ? 1 : 0,
        kind: 'peer',
        ceilingKey: '',
        note: target === 'a' ? 'It is different.' : '',
      },
    }));
    const [shown] = buildReport(lines, [fakeScenario({ notes: ['First.'] })]).scenarios;
    expect(shown?.rows.map(({ target, kind }) => [target, kind])).toEqual([
      ['b', 'peer'],
      ['a', 'peer'],
    ]);
    expect(shown?.notes).toEqual(['First.', 'a: It is different.']);
  });

  it('compares with the reference at the same point only', () => {
    const lines = changeTrials(fakeRun({ seed: 1, targets: [A, B, { name: 'c' }] }), ({ target }) =>
      target === 'c' ? { target: 'b', point: 'elsewhere' } : {},
    );
    const [compared] = buildReport(lines, [fakeScenario()]).scenarios;
    expect(compared?.rows).toHaveLength(3);
    expect(new Set(compared?.comparisons.map(({ point }) => point))).toEqual(new Set(['']));
  });
});

describe('trials that do not count', () => {
  const base = fakeRun({ seed: 2, targets: [A, B] });
  const last = base.filter((line): line is RawTrial => line.kind === 'trial').at(-1);

  it('are listed with their reasons when they were repeated', () => {
    const lines = changeTrials(base, ({ trial }) =>
      trial === 2 ? { verdict: 'CONTAMINATED', reasons: ['stolen CPU 9.0 %, limit 2.0 %'] } : {},
    );
    const again = fakeRun({ seed: 3, targets: [B], blocks: 1 });
    const report = buildReport(joined(lines, again), [fakeScenario()]);
    expect(report.excluded).toEqual([
      {
        trial: 2,
        scenario: 'fake',
        target: 'b',
        point: '',
        block: 1,
        verdict: 'CONTAMINATED',
        reasons: ['stolen CPU 9.0 %, limit 2.0 %', 'repeated'],
      },
    ]);
    expect(report.scenarios[0]?.rows.map(({ verdict, blocks }) => [verdict, blocks])).toEqual([
      ['VALID', 6],
      ['VALID', 6],
    ]);
    expect(report.scenarios[0]?.comparisons[0]?.difference.blocks).toBe(6);
  });

  it('make the row CONTAMINATED when they were not repeated, and nobody wins', () => {
    const lines = changeTrials(base, ({ trial }) =>
      trial === last?.trial ? { verdict: 'CONTAMINATED', reasons: ['x'] } : {},
    );
    const [scenario] = buildReport(lines, [fakeScenario()]).scenarios;
    expect(scenario?.rows[1]?.verdict).toBe('CONTAMINATED');
    expect(scenario?.rows[1]?.reasons).toEqual(['block 6: x']);
    expect(new Set(scenario?.comparisons.map(({ word }) => word))).toEqual(new Set(['inconclusive']));
    // Its figures are shown: they may be read with care.
    expect(scenario?.rows[1]?.values['delivery.p50']?.value).toBeGreaterThan(0);
  });
});

describe('the instrument', () => {
  const scenarios = [
    fakeScenario(),
    fakeScenario({ name: 'aa' }),
    fakeScenario({ name: 'ceiling', columns: ['ceilingTokensPerSecond.median'], reference: null }),
    fakeScenario({ name: 'known-delay', columns: ['delivery.p50'], reference: null }),
    fakeScenario({ name: 'second-opinion', columns: ['oursMs.median', 'theirsMs.median'], reference: null }),
  ];
  const ceilingRun = (...rates: readonly number[]): RawLine[] => {
    const lines = fakeRun({ seed: 8, targets: [A], scenario: 'ceiling', blocks: rates.length, streams: 1 });
    return changeTrials(lines, ({ block }) => ({ values: { ceilingTokensPerSecond: rates[block - 1] ?? 0 } }));
  };

  it('says what it was asked, and null for what it was not', () => {
    const { instrument } = buildReport(fakeRun({ seed: 1, targets: [A, B] }), scenarios);
    expect(instrument).toMatchObject({ aa: null, ceiling: {}, knownDelay: null, secondOpinion: null });
    expect(instrument.floor['delivery.p50']).toBeGreaterThan(0);
  });

  it('counts A/A comparisons, and names those that found something', () => {
    const same = buildReport(fakeRun({ seed: 1, targets: [A, B], scenario: 'aa' }), scenarios).instrument.aa;
    expect(same).toEqual({ comparisons: 6, found: [] });
    const late = fakeRun({ seed: 1, targets: [A, { name: 'b', delayUs: () => 40_000 }], scenario: 'aa' });
    expect(buildReport(late, scenarios).instrument.aa?.found).toContain('b delivery.p50 slower');
  });

  it('sees an injected delay with its error', () => {
    const run = fakeRun({
      seed: 1,
      targets: [A, { name: 'b', delayUs: () => 40_000 }],
      scenario: 'known-delay',
    });
    const lines = changeTrials(run, ({ target }) => ({
      target: 'sse',
      point: target === 'a' ? 'no delay' : '40 ms',
      factors: { injectedMs: target === 'a' ? 0 : 40 },
    }));
    const seen = buildReport(lines, scenarios).instrument.knownDelay;
    expect(seen?.injectedMs).toBe(40);
    expect(Math.abs(seen?.errorMs ?? 99)).toBeLessThan(1);
    expect(seen?.seenMs).toBe(40 + (seen?.errorMs ?? 0));
  });

  it('takes the median of the ceilings, marks half of it and withholds above 80 %', () => {
    // 20 streams of 40 tokens in 2 s.
    const rate = 400;
    const at = (share: number) => {
      const report = buildReport(
        joined(fakeRun({ seed: 1, targets: [A, B] }), ceilingRun(rate / share, 9e9, 1)),
        scenarios,
      );
      expect(report.instrument.ceiling).toEqual({ a: rate / share });
      return report.scenarios[0];
    };
    expect(at(0.4)?.rows[0]).toMatchObject({ verdict: 'VALID', flags: [] });
    expect(at(0.6)?.rows[0]).toMatchObject({
      verdict: 'VALID',
      flags: ['60 % of what the generator can take, limit 50 %'],
    });
    const withheld = at(0.9);
    expect(withheld?.rows[0]).toMatchObject({ verdict: 'GENERATOR-LIMITED', values: {}, deliveryPercentilesMs: [] });
    expect(withheld?.rows[0]?.reasons[0]).toBe('90 % of what the generator can take, limit 80 %');
    expect(withheld?.comparisons[0]?.why).toBe('a is GENERATOR-LIMITED');
    // The other target has another reader, whose ceiling is not known.
    expect(withheld?.rows[1]?.verdict).toBe('VALID');
  });

  it('takes a second opinion', () => {
    const run = fakeRun({ seed: 1, targets: [A], scenario: 'second-opinion', blocks: 3 });
    const lines = changeTrials(run, ({ block }) => ({
      values: { oursMs: 100 + block, theirsMs: 104 },
      factors: { tool: 'curl' },
    }));
    expect(buildReport(lines, scenarios).instrument.secondOpinion).toEqual({
      name: 'curl',
      oursMs: 102,
      theirsMs: 104,
      ratio: 102 / 104,
    });
  });
});

describe('the replay', () => {
  it('plays stream 0 of the median block of each target, with the texts of the trace', () => {
    const run = fakeRun({ seed: 4, targets: [A, { name: 'b', buffered: 4 }], scenario: 'steady' });
    const report = buildReport(run, [fakeScenario({ name: 'steady' })]);
    expect(report.replay.map(({ target }) => target)).toEqual(['a', 'b']);
    const [lane] = report.replay;
    expect(lane?.tokens.join('')).toBe(traceOf().texts.join(''));
    expect(lane?.arrivalsMs).toHaveLength(TOKENS);
    expect(lane?.dueMs.every((due, token) => due < (lane.arrivalsMs[token] ?? 0))).toBe(true);
    const medians = report.scenarios[0]?.rows[0]?.values['delivery.p50']?.blockValues ?? [];
    const middle = medians.toSorted((x, y) => Number(x) - Number(y))[2];
    const chosen = run.filter((line) => line.kind === 'stream' && line.index === 0)[
      2 * medians.indexOf(middle ?? null)
    ];
    expect(
      chosen?.kind === 'stream' && (chosen.dueStartUs ?? 0) / 1000 + (traceOf().offsetsUs[0] ?? 0) / 1000,
    ).toBeCloseTo(lane?.dueMs[0] ?? 0, 6);
  });

  it('is empty without a steady scenario', () => {
    expect(buildReport(fakeRun({ seed: 4, targets: [A] }), [fakeScenario()]).replay).toEqual([]);
  });
});

describe('raw data that cannot become a report', () => {
  it('has no manifest, or a scenario that nobody knows', () => {
    const lines = fakeRun({ seed: 1, targets: [A], blocks: 1, streams: 1 });
    expect(() => buildReport(lines.slice(1), [fakeScenario()])).toThrow(InvalidMeasurement);
    expect(() => buildReport(lines, [fakeScenario({ name: 'other' })])).toThrow('does not know');
  });

  it('loses the streams of a trial that was interrupted', () => {
    const lines = fakeRun({ seed: 1, targets: [A], blocks: 2, streams: 2 }).slice(0, -1);
    expect(buildReport(lines, [fakeScenario()]).scenarios[0]?.rows[0]?.blocks).toBe(1);
  });
});
