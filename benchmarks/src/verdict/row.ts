import type { RawTrial, Verdict } from '../raw/raw.js';

/** From what is fine to what is worst. */
const ORDER: readonly Verdict[] = ['VALID', 'CONTAMINATED', 'GENERATOR-LIMITED', 'INVALID'];

/** The worst of some verdicts; VALID when there are none. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return ORDER[Math.max(0, ...verdicts.map((verdict) => ORDER.indexOf(verdict)))] ?? 'VALID';
}

type Judged = Pick<RawTrial, 'trial' | 'block' | 'verdict'>;

/**
 * Which trials of a cell count. The rule was fixed before anything was measured and asks for no figure: a trial that was
 * CONTAMINATED, and was repeated in its block, does not count. Every other trial does, whatever it shows.
 *
 * @param trials of one cell.
 */
export function countedTrials<T extends Judged>(
  trials: readonly T[],
): { readonly counted: readonly T[]; readonly excluded: readonly T[] } {
  const repeated = ({ trial, block, verdict }: T): boolean =>
    verdict === 'CONTAMINATED' && trials.some((other) => other.block === block && other.trial > trial);
  return { counted: trials.filter((trial) => !repeated(trial)), excluded: trials.filter(repeated) };
}
