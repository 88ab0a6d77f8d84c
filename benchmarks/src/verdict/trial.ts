import type { RawTrial, Verdict } from '../raw/raw.js';

export function trialVerdict(
  _trial: Omit<RawTrial, 'verdict' | 'reasons'>,
  { problems }: { readonly problems: readonly string[]; readonly ceilingTokensPerSecond: number | null },
): { readonly verdict: Verdict; readonly reasons: readonly string[] } {
  return problems.length > 0 ? { verdict: 'INVALID', reasons: problems } : { verdict: 'VALID', reasons: [] };
}
