import { describe, expect, it } from 'vitest';

import { UsageError } from '../../src/compare/failures.js';
import type { RawLine } from '../../src/raw/raw.js';
import { buildReport } from '../../src/report/build.js';
import { checkThresholds, parseThreshold } from '../../src/report/check.js';
import { BLOCKS_TO_DIFF, diffReports, geomeans } from '../../src/report/diff.js';
import type { DiffRow } from '../../src/report/diff-model.js';
import type { LabReport } from '../../src/report/model.js';
import { fakeRun, fakeScenario, type FakeRun } from '../support/synthetic.js';
import { metricOf } from '../../src/metrics/registry.js';

/** A metric of the trial's own values that never varies. */
const BYTES = { ...metricOf('countBytes.median'), deterministic: true };

function reportOf(run: Partial<FakeRun>, bytes = 100, verdict?: 'CONTAMINATED'): LabReport {
  const scenario = fakeScenario({ metrics: [BYTES], columns: [...fakeScenario().columns, BYTES.id] });
  const lines = fakeRun({ seed: 1, targets: [{ name: 'a' }], ...run }).map((line): RawLine =>
    line.kind === 'trial' ? { ...line, values: { countBytes: bytes }, ...(verdict ? { verdict } : {}) } : line,
  );
  return buildReport(lines, [scenario]);
}

function row(rows: readonly DiffRow[], metric: string, target = 'a'): DiffRow {
  const found = rows.find((one) => one.metric === metric && one.target === target);
  if (!found) throw new Error(`no ${metric}`);
  return found;
}

describe('a diff of two runs', () => {
  const before = reportOf({ seed: 1 });

  it('says nothing where there is nothing, in 20 of 20 pairs of runs', () => {
    const words = Array.from({ length: 20 }, (_, seed) =>
      diffReports(before, reportOf({ seed: seed + 2 })).filter(
        ({ word }) => word !== 'equivalent' && word !== 'inconclusive',
      ),
    );
    expect(words.flat()).toEqual([]);
  });

  it('finds 40 ms', () => {
    const late = reportOf({ seed: 2, targets: [{ name: 'a', delayUs: () => 40_000 }] });
    const found = row(diffReports(before, late), 'delivery.p50');
    expect(found.word).toBe('slower');
    expect((found.new.value ?? 0) - (found.old.value ?? 0)).toBeCloseTo(40, 0);
    expect(found.ratio).toBeCloseTo((found.new.value ?? 0) / (found.old.value ?? 1), 9);
    expect(found.low).toBeLessThan(found.ratio ?? 0);
    expect(found.high).toBeGreaterThan(found.ratio ?? 0);
    expect(row(diffReports(late, before), 'delivery.p50').word).toBe('faster');
  });

  it('shows the median of the blocks on both sides', () => {
    const values = before.scenarios[0]?.rows[0]?.values['serverCpu.median'];
    const sorted = (values?.blockValues ?? []).map(Number).toSorted((a, b) => a - b);
    expect(row(diffReports(before, before), 'serverCpu.median').old.value).toBe(
      ((sorted[2] ?? 0) + (sorted[3] ?? 0)) / 2,
    );
  });

  it('needs four blocks a side, and rows that are VALID', () => {
    const late = { targets: [{ name: 'a', delayUs: () => 40_000 }] };
    const few = reportOf({ ...late, blocks: BLOCKS_TO_DIFF - 1 });
    expect(row(diffReports(before, few), 'delivery.p50').word).toBe('inconclusive');
    expect(row(diffReports(before, reportOf({ ...late, blocks: BLOCKS_TO_DIFF })), 'delivery.p50').word).toBe('slower');
    expect(row(diffReports(before, reportOf(late, 100, 'CONTAMINATED')), 'delivery.p50').word).toBe('inconclusive');
  });

  it('takes counts that never vary as they are', () => {
    const one = reportOf({ blocks: 1 });
    expect(row(diffReports(one, reportOf({ blocks: 1 }, 101)), BYTES.id)).toMatchObject({ word: 'more', ratio: 1.01 });
    expect(row(diffReports(one, reportOf({ blocks: 1 }, 99)), BYTES.id).word).toBe('less');
    expect(row(diffReports(one, one), BYTES.id).word).toBe('equivalent');
  });

  it('leaves out what only one of them has', () => {
    const two = reportOf({ targets: [{ name: 'a' }, { name: 'b' }] });
    expect(new Set(diffReports(before, two).map(({ target }) => target))).toEqual(new Set(['a']));
    expect(diffReports(before, { ...before, scenarios: [] })).toEqual([]);
  });

  it('is the same for the same reports', () => {
    const other = reportOf({ seed: 3 });
    expect(diffReports(before, other)).toEqual(diffReports(before, other));
  });
});

describe('the geometric mean', () => {
  it('is that of the ratios, for each metric', () => {
    const [sample] = diffReports(reportOf({}), reportOf({}));
    if (!sample) throw new Error('no row');
    const rows = [2, 0.5, 8, null, 0].map((ratio) => ({ ...sample, metric: 'x', ratio }));
    expect(geomeans([...rows, { ...sample, metric: 'y', ratio: 3 }, { ...sample, metric: 'z', ratio: null }])).toEqual([
      { metric: 'x', ratio: expect.closeTo(2, 9) as number, rows: 3 },
      { metric: 'y', ratio: expect.closeTo(3, 9) as number, rows: 1 },
    ]);
  });
});

describe('thresholds', () => {
  const report = reportOf({});
  const check = (text: string, options = {}) => checkThresholds(report, [parseThreshold(text)], options);

  it('fail on counts, and only warn of times', () => {
    expect(check('countBytes.median=99')).toEqual([
      { message: 'fake, a: countBytes.median is 100 bytes, limit 99 bytes', fails: true },
    ]);
    expect(check('countBytes.median=100')).toEqual([]);
    expect(check('delivery.p50=0.1').map(({ fails }) => fails)).toEqual([false]);
    expect(check('delivery.p50=0.1', { failOnTimes: true }).map(({ fails }) => fails)).toEqual([true]);
    expect(check('fake/delivery.p50=0.1')).toHaveLength(1);
  });

  it('are not broken by times of a row that is not VALID, but by its counts', () => {
    const disturbed = reportOf({}, 100, 'CONTAMINATED');
    const broken = (text: string) => checkThresholds(disturbed, [parseThreshold(text)]);
    expect([broken('delivery.p50=0.1').length, broken('countBytes.median=1').length]).toEqual([0, 1]);
  });

  it('that nothing could break are refused', () => {
    expect(() => check('nothing.p50=1')).toThrow(UsageError);
    expect(() => check('elsewhere/delivery.p50=1')).toThrow('no row of ours has delivery.p50 in elsewhere');
    for (const text of ['', 'delivery.p50', 'delivery.p50=', '=1', 'delivery.p50=1ms', 'a/b/c=1', 'delivery.p50=NaN']) {
      expect(() => parseThreshold(text), text).toThrow(UsageError);
    }
  });
});
