/** The instrument is asked for what is known: if it is wrong here, it is wrong everywhere. */
import { describe, expect, it } from 'vitest';

import type { RawLine, RawStream } from '../../src/raw/raw.js';
import { buildReport } from '../../src/report/build.js';
import type { Comparison, LabReport, Row } from '../../src/report/model.js';
import { collect } from '../../src/report/collect.js';
import { metricOf } from '../../src/metrics/registry.js';
import { blocksOf } from '../../src/report/rows.js';
import { compare } from '../../src/statistics/compare.js';
import { fakeRun, fakeScenario, TOKENS, useOf, type Fake } from '../support/synthetic.js';

const A: Fake = { name: 'a' };
const B: Fake = { name: 'b' };

function reportOf(lines: readonly RawLine[]): LabReport {
  return buildReport(lines, [fakeScenario()]);
}

function row(report: LabReport, target: string): Row {
  const found = report.scenarios[0]?.rows.find((one) => one.target === target);
  if (!found) throw new Error(`no row ${target}`);
  return found;
}

function valueOf(report: LabReport, target: string, metric: string): number {
  return row(report, target).values[metric]?.value ?? Number.NaN;
}

function comparison(report: LabReport, metric: string): Comparison {
  const found = report.scenarios[0]?.comparisons.find((one) => one.metric === metric && one.target === 'b');
  if (!found) throw new Error(`no comparison of ${metric}`);
  return found;
}

/** Words that name a winner. */
function winners({ scenarios }: LabReport): readonly string[] {
  return scenarios.flatMap(({ comparisons }) =>
    comparisons
      .filter(({ word }) => word !== 'equivalent' && word !== 'inconclusive')
      .map(({ metric, word, target }) => `${target} ${metric} ${word}`),
  );
}

describe('two targets that are the same', () => {
  it('have no winner in 20 of 20 runs', () => {
    const found = Array.from({ length: 20 }, (_, seed) =>
      winners(reportOf(fakeRun({ seed: seed + 1, targets: [A, B] }))),
    );
    expect(found.filter((names) => names.length > 0)).toEqual([]);
  });

  it(
    'are found different in none of 400 runs, and without a margin would be in at most 5 %',
    { timeout: 60_000 },
    () => {
      const metrics = ['delivery.p50', 'delivery.p99', 'serverCpu.median'].map(metricOf);
      const found = metrics.map(({ id }) => ({ id, winners: 0, intervalsWithoutZero: 0 }));
      for (let seed = 1; seed <= 400; seed += 1) {
        const lines = fakeRun({ seed: 1_000 + seed, targets: [A, B], streams: 4 });
        const [a, b] = collect(lines, [fakeScenario()]).scenarios[0]?.cells ?? [];
        for (const [index, metric] of metrics.entries()) {
          const [own, other] = [b, a].map((cell) => blocksOf(cell?.trials ?? [], metric));
          const { word, difference } = compare(metric, own ?? [], other ?? [], seed);
          const count = found[index];
          if (!count) continue;
          if (word !== 'equivalent' && word !== 'inconclusive') count.winners += 1;
          if ((difference.low ?? 0) > 0 || (difference.high ?? 0) < 0) count.intervalsWithoutZero += 1;
        }
      }
      process.stderr.write(`of 400 A/A runs: ${JSON.stringify(found)}\n`);
      for (const { winners: wrong, intervalsWithoutZero } of found) {
        expect(wrong).toBe(0);
        expect(intervalsWithoutZero / 400).toBeLessThanOrEqual(0.05);
      }
    },
  );
});

describe('an injected delay', () => {
  it('of 10 ms on token 7 shows as exactly that', () => {
    const late = (token: number): number => (token === 6 ? 10_000 : 0);
    const lines = fakeRun({ seed: 3, targets: [A, { name: 'b', delayUs: late }], noise: 0, streams: 1, blocks: 1 });
    const [plain, delayed] = collect(lines, [fakeScenario()]).scenarios[0]?.cells ?? [];
    const of = (name: string) => [plain, delayed].map((cell) => Array.from(cell?.trials[0]?.series.get(name) ?? []));
    const [without = [], withDelay = []] = of('delivery');
    expect(without).toHaveLength(TOKENS);
    expect(withDelay.map((value, token) => Math.round((value - (without[token] ?? 0)) * 1000))).toEqual(
      Array.from({ length: TOKENS }, (_, token) => (token === 6 ? 10_000 : 0)),
    );
    const [itl = [], itlLate = []] = of('itl');
    const changed = itlLate.map((value, index) => Math.round((value - (itl[index] ?? 0)) * 1000));
    // One gap grows by 10 ms, the next shrinks by as much: gap i is between tokens i and i + 1.
    expect(changed.flatMap((by, index) => (by === 0 ? [] : [[index, by]]))).toEqual([
      [5, 10_000],
      [6, -10_000],
    ]);
  });

  it('of 40 ms on every token raises D by 40 ± 1 ms, and is called slower', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const report = reportOf(fakeRun({ seed, targets: [A, { name: 'b', delayUs: () => 40_000 }] }));
      const { word, difference } = comparison(report, 'delivery.p50');
      expect(word).toBe('slower');
      expect(Math.abs((difference.value ?? 0) - 40)).toBeLessThan(1);
      expect(difference.low).toBeLessThanOrEqual(40);
      expect(difference.high).toBeGreaterThanOrEqual(40);
      // Gaps between tokens know nothing of a constant delay.
      expect(comparison(report, 'itl.p50').word).not.toBe('more');
    }
  });
});

describe('a hop that buffers', () => {
  const report = reportOf(fakeRun({ seed: 5, targets: [A, { name: 'b', buffered: 8 }] }));

  it('is slower in D and in TTFT', () => {
    expect(comparison(report, 'delivery.p50').word).toBe('slower');
    expect(comparison(report, 'ttft.p50').word).toBe('slower');
    expect(comparison(report, 'delivery.p50').difference.value).toBeGreaterThan(20);
  });

  it('has a smaller ITL, and nobody calls that faster', () => {
    expect(valueOf(report, 'b', 'itl.p50')).toBe(0);
    expect(valueOf(report, 'a', 'itl.p50')).toBeGreaterThan(5);
    expect(comparison(report, 'itl.p50').word).toBe('less');
  });
});

describe('jitter', () => {
  const jitterOf = (modelJitter: number, noise: number): number => {
    const scenario = fakeScenario({ columns: ['jitter.mean'] });
    const lines = fakeRun({ seed: 9, targets: [A], modelJitter, noise, blocks: 2 });
    return buildReport(lines, [scenario]).scenarios[0]?.rows[0]?.values['jitter.mean']?.value ?? Number.NaN;
  };

  it('is none behind the most uneven model when transport is even', () => {
    expect(jitterOf(1.5, 0)).toBe(0);
    expect(jitterOf(0, 0)).toBe(0);
  });

  it('is that of the transport, whatever the model does', () => {
    expect(jitterOf(1.5, 1)).toBeGreaterThan(0.1);
    expect(jitterOf(1.5, 1) / jitterOf(0, 1)).toBeCloseTo(1, 1);
  });
});

describe('wrong answers', () => {
  const broken = (change: (stream: RawStream) => RawStream): LabReport =>
    reportOf(fakeRun({ seed: 2, targets: [A, { name: 'b', stream: (s) => (s.index === 3 ? change(s) : s) }] }));

  it.each([
    ['a lost event', (stream: RawStream) => ({ ...stream, lost: 1 }), 'stream 3: 1 events are missing'],
    ['a doubled event', (stream: RawStream) => ({ ...stream, doubled: 2 }), 'stream 3: 2 events came twice or late'],
    ['another text', (stream: RawStream) => ({ ...stream, sha256: '0'.repeat(64) }), 'stream 3: the text is not'],
    [
      'a token too many',
      (stream: RawStream) => ({
        ...stream,
        transportUs: [...stream.transportUs, 1],
        chunkTokens: [...stream.chunkTokens, 1],
      }),
      `stream 3: ${TOKENS + 1} tokens came`,
    ],
  ])('%s is INVALID: it has no number and no winner', (_, change, reason) => {
    const report = broken(change);
    const { verdict, reasons, values } = row(report, 'b');
    expect(verdict).toBe('INVALID');
    expect(reasons[0]).toContain(reason);
    expect(values).toEqual({});
    expect(winners(report)).toEqual([]);
    expect(comparison(report, 'delivery.p50').why).toBe('b is INVALID');
    expect(row(report, 'a').verdict).toBe('VALID');
  });
});

describe('a generator that is starved', () => {
  const starved: Fake = {
    name: 'b',
    delayUs: () => 40_000,
    trial: (trial) => ({ ...trial, generator: { ...useOf(1_900_000), loopDelayP99Ms: 65 }, lagP99Ms: 130 }),
  };
  const report = reportOf(fakeRun({ seed: 4, targets: [A, starved] }));

  it('is GENERATOR-LIMITED, with numbers and limits', () => {
    expect(row(report, 'b').verdict).toBe('GENERATOR-LIMITED');
    expect(row(report, 'b').reasons.slice(0, 3)).toEqual([
      'block 1: generator CPU 95 %, limit 80 %',
      'block 1: generator loop delay p99 65.0 ms, limit 50.0 ms',
      'block 1: requests issued 130.0 ms late (p99), limit 50.0 ms',
    ]);
  });

  it('names no winner, however large the difference', () => {
    expect(winners(report)).toEqual([]);
    expect(comparison(report, 'delivery.p50').why).toBe('b is GENERATOR-LIMITED');
  });
});

describe('the same raw data', () => {
  it('makes the same report, byte by byte', () => {
    const lines = fakeRun({ seed: 11, targets: [A, { name: 'b', delayUs: () => 300 }] });
    const once = JSON.stringify(reportOf(lines));
    expect(JSON.stringify(reportOf(JSON.parse(JSON.stringify(lines)) as RawLine[]))).toBe(once);
  });
});
