import { shareOf } from '../metrics/trial-series.js';
import type { RawStream, RawTrial, Verdict } from '../raw/raw.js';
import { LIMITS } from './limits.js';

/** What a verdict needs beside the trial. */
export interface TrialEvidence {
  /** What is wrong with its streams: count, order, text. */
  readonly problems: readonly string[];
  /** What the generator can take with this reader; null when it was not measured. */
  readonly ceilingTokensPerSecond: number | null;
  /** Its streams, for Little's law; default none. */
  readonly streams?: readonly RawStream[];
}

/** A verdict with its reasons, each with the number and the limit. */
export interface Judged {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly flags: readonly string[];
}

/**
 * Whether a trial may be believed. The worst that is found holds: wrong answers are INVALID, a generator that was the
 * bottleneck makes it GENERATOR-LIMITED, a machine that had other things to do CONTAMINATED. A generator that was late
 * while others had its processor was not the bottleneck: that is CONTAMINATED, too, and worth another try.
 */
export function trialVerdict(trial: Omit<RawTrial, 'verdict' | 'reasons'>, evidence: TrialEvidence): Judged {
  const flags = ceilingFlags(trial, evidence.ceilingTokensPerSecond);
  const { problems } = evidence;
  if (problems.length > 0) return { verdict: 'INVALID', reasons: problems, flags };
  const full = [...loadReasons(trial), ...withheldReasons(trial, evidence.ceilingTokensPerSecond)];
  const late = lateReasons(trial, evidence);
  const disturbed = machineReasons(trial);
  const reasons = [...full, ...late, ...disturbed];
  if (full.length > 0 || (late.length > 0 && disturbed.length === 0))
    return { verdict: 'GENERATOR-LIMITED', reasons, flags };
  return { verdict: disturbed.length > 0 ? 'CONTAMINATED' : 'VALID', reasons, flags };
}

/** Share of the generator's ceiling that a trial needed: its tokens per second over those of the ceiling. */
export function ceilingShare(trial: Pick<RawTrial, 'tokens' | 'generator'>, ceiling: number | null): number {
  if (!ceiling) return 0;
  return ((trial.tokens / trial.generator.wallMs) * 1000) / ceiling;
}

/**
 * The share of streams in flight that waited in the generator. By Little's law (1961) the mean number in flight is the
 * rate times the mean time: L = λ·W. With W from the scheduled start it is the load that was meant, from the real
 * start the load that the server saw; what is missing was held back by the generator.
 */
export function heldBackShare(streams: readonly RawStream[]): number {
  const meant = streams.reduce((sum, { endUs }) => sum + endUs, 0);
  const waiting = streams.reduce((sum, { startUs }) => sum + startUs, 0);
  return meant > 0 ? waiting / meant : 0;
}

function machineReasons({ machine }: Pick<RawTrial, 'machine'>): readonly string[] {
  const { stealShare, othersBusy } = machine;
  return [
    ...over(stealShare, LIMITS.stealShare, (is, limit) => `stolen CPU ${percent(is)}, limit ${percent(limit)}`),
    ...over(
      othersBusy,
      LIMITS.othersBusy,
      (is, limit) => `others kept ${is.toFixed(2)} processors busy, limit ${limit}`,
    ),
  ];
}

/** It had no time left. */
function loadReasons({ generator }: Pick<RawTrial, 'generator'>): readonly string[] {
  const share = shareOf(generator) ?? 0;
  return over(share, LIMITS.generatorShare, (is, limit) => `generator CPU ${percent(is)}, limit ${percent(limit)}`);
}

/** It did things too late, for whatever reason. */
function lateReasons(
  { generator, lagP99Ms }: Pick<RawTrial, 'generator' | 'lagP99Ms'>,
  { streams = [] }: TrialEvidence,
): readonly string[] {
  const delayMs = generator.loopDelayP99Ms;
  const inFlight = (is: number, limit: number) =>
    `Little’s law: ${percent(is)} of the streams in flight waited in the generator, limit ${percent(limit)}`;
  return [
    ...over(
      delayMs,
      LIMITS.generatorLoopDelayMs,
      (is, limit) => `generator loop delay p99 ${ms(is)}, limit ${ms(limit)}`,
    ),
    ...over(lagP99Ms, LIMITS.lagP99Ms, (is, limit) => `requests issued ${ms(is)} late (p99), limit ${ms(limit)}`),
    ...over(heldBackShare(streams), LIMITS.heldBack, inFlight),
  ];
}

function withheldReasons(trial: Omit<RawTrial, 'verdict' | 'reasons'>, ceiling: number | null): readonly string[] {
  const say = (is: number, limit: number) =>
    `${percent(is)} of what the generator can take (${Math.round(ceiling ?? 0)} tokens/s), limit ${percent(limit)}`;
  return over(ceilingShare(trial, ceiling), LIMITS.ceilingWithheld, say);
}

function ceilingFlags(trial: Omit<RawTrial, 'verdict' | 'reasons'>, ceiling: number | null): readonly string[] {
  const share = ceilingShare(trial, ceiling);
  if (share > LIMITS.ceilingWithheld) return [];
  return over(share, LIMITS.ceilingMarked, (is) => `${percent(is)} of what the generator can take`);
}

/** What is to be said when a number is over its limit. */
function over(is: number | null, limit: number, say: (is: number, limit: number) => string): readonly string[] {
  return is !== null && is > limit ? [say(is, limit)] : [];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
