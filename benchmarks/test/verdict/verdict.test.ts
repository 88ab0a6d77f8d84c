import { describe, expect, it } from 'vitest';

import type { RawStream, RawTrial } from '../../src/raw/raw.js';
import { LIMITS } from '../../src/verdict/limits.js';
import { countedTrials, worst } from '../../src/verdict/row.js';
import { ceilingShare, heldBackShare, trialVerdict, type TrialEvidence } from '../../src/verdict/trial.js';
import { fakeRun, useOf } from '../support/synthetic.js';

const lines = fakeRun({ seed: 1, targets: [{ name: 'a' }], blocks: 1, streams: 4 });
const TRIAL = lines.find((line): line is RawTrial => line.kind === 'trial');
const STREAMS = lines.filter((line): line is RawStream => line.kind === 'stream');

function judged(changes: Partial<RawTrial> = {}, evidence: Partial<TrialEvidence> = {}) {
  if (!TRIAL) throw new Error('no trial');
  return trialVerdict({ ...TRIAL, ...changes }, { problems: [], ceilingTokensPerSecond: null, ...evidence });
}

const machine = (changes: Partial<RawTrial['machine']>) => ({ machine: { stealShare: 0, othersBusy: 0, ...changes } });
const late = { generator: { ...useOf(100), loopDelayP99Ms: LIMITS.generatorLoopDelayMs + 1 } };

describe('a trial', () => {
  it('is VALID when nothing speaks against it', () => {
    expect(judged({}, { streams: STREAMS })).toEqual({ verdict: 'VALID', reasons: [], flags: [] });
  });

  it('is INVALID when a stream is wrong, whatever else there is', () => {
    const { verdict, reasons } = judged({ ...machine({ stealShare: 0.5 }), ...late }, { problems: ['stream 3: no'] });
    expect([verdict, reasons]).toEqual(['INVALID', ['stream 3: no']]);
  });

  it('is CONTAMINATED by stolen CPU and by others, with the number and the limit', () => {
    expect(judged(machine({ stealShare: 0.034, othersBusy: 0.9 }))).toMatchObject({
      verdict: 'CONTAMINATED',
      reasons: ['stolen CPU 3.4 %, limit 2.0 %', 'others kept 0.90 processors busy, limit 0.5'],
    });
    expect(judged(machine({ stealShare: LIMITS.stealShare, othersBusy: LIMITS.othersBusy })).verdict).toBe('VALID');
    expect(judged(machine({ stealShare: null, othersBusy: null })).verdict).toBe('VALID');
  });

  it('is GENERATOR-LIMITED by its CPU, its loop, its lag and by Little’s law', () => {
    const busy = { ...useOf(1_700_000), wallMs: 2_000 };
    expect(judged({ generator: busy }).reasons).toEqual(['generator CPU 85 %, limit 80 %']);
    expect(judged(late).reasons).toEqual(['generator loop delay p99 51.0 ms, limit 50.0 ms']);
    expect(judged({ lagP99Ms: 60 }).reasons).toEqual(['requests issued 60.0 ms late (p99), limit 50.0 ms']);
    const waiting = STREAMS.map((stream) => ({ ...stream, startUs: stream.endUs / 10 }));
    expect(judged({}, { streams: waiting }).reasons).toEqual([
      'Little’s law: 10 % of the streams in flight waited in the generator, limit 5.0 %',
    ]);
    for (const changes of [{ generator: busy }, late, { lagP99Ms: 60 }])
      expect(judged(changes).verdict).toBe('GENERATOR-LIMITED');
  });

  it('that is late because others had the processor is CONTAMINATED; one without CPU left is not', () => {
    const disturbed = machine({ othersBusy: 1 });
    expect(judged({ ...late, ...disturbed }).verdict).toBe('CONTAMINATED');
    expect(judged({ ...late, ...disturbed }).reasons).toHaveLength(2);
    expect(judged({ ...disturbed, generator: { ...useOf(1_900_000) } }).verdict).toBe('GENERATOR-LIMITED');
  });

  it('is marked above half of the generator’s ceiling and withheld above 80 %', () => {
    const rate = ((TRIAL?.tokens ?? 0) / 2_000) * 1_000;
    expect(judged({}, { ceilingTokensPerSecond: rate * 2.5 }).flags).toEqual([]);
    expect(judged({}, { ceilingTokensPerSecond: rate / 0.6 })).toMatchObject({
      verdict: 'VALID',
      flags: ['60 % of what the generator can take'],
    });
    expect(judged({}, { ceilingTokensPerSecond: rate / 0.9 })).toMatchObject({
      verdict: 'GENERATOR-LIMITED',
      flags: [],
    });
  });
});

describe('shares', () => {
  it('are 0 where nothing is known', () => {
    expect([ceilingShare({ tokens: 5, generator: useOf(1) }, null), heldBackShare([])]).toEqual([0, 0]);
  });
});

describe('a row', () => {
  it('has the worst verdict of its trials', () => {
    expect(worst([])).toBe('VALID');
    expect(worst(['VALID', 'CONTAMINATED'])).toBe('CONTAMINATED');
    expect(worst(['GENERATOR-LIMITED', 'CONTAMINATED'])).toBe('GENERATOR-LIMITED');
    expect(worst(['INVALID', 'GENERATOR-LIMITED'])).toBe('INVALID');
  });

  const trial = (number: number, block: number, verdict: RawTrial['verdict']) => ({ trial: number, block, verdict });

  it('leaves out a contaminated trial that was repeated in its block, and nothing else', () => {
    const first = trial(1, 1, 'CONTAMINATED');
    const again = trial(2, 1, 'VALID');
    const alone = trial(3, 2, 'CONTAMINATED');
    expect(countedTrials([first, again, alone])).toEqual({ counted: [again, alone], excluded: [first] });
  });

  it('keeps what the repetition showed, though it is no better', () => {
    const trials = [trial(1, 1, 'CONTAMINATED'), trial(2, 1, 'CONTAMINATED')];
    expect(countedTrials(trials).counted).toEqual([trials[1]]);
  });

  it('never drops a trial that was limited, wrong or merely slow', () => {
    const trials = [
      trial(1, 1, 'GENERATOR-LIMITED'),
      trial(2, 1, 'VALID'),
      trial(3, 2, 'INVALID'),
      trial(4, 2, 'VALID'),
    ];
    expect(countedTrials(trials).counted).toEqual(trials);
  });
});
