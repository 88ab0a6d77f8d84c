/** What the instrument found out about itself: scenarios with names that are known here. */
import { weightedMedian } from '../statistics/weighted.js';
import { detectionFloor } from '../statistics/floor.js';
import type { Collected, ScenarioData } from './collect.js';
import type { Comparison, Instrument, ScenarioReport } from './model.js';

/** Scenarios that measure the instrument, by what they find. */
export const SELF = {
  aa: 'aa',
  ceiling: 'ceiling',
  knownDelay: 'known-delay',
  secondOpinion: 'second-opinion',
} as const;

/** Tokens per second that the generator can take: medians of what the scenario `ceiling` noted, by its targets. */
export function ceilingOf({ scenarios }: Collected): Readonly<Record<string, number>> {
  const cells = scenarios.find(({ scenario }) => scenario.name === SELF.ceiling)?.cells ?? [];
  return Object.fromEntries(
    cells.flatMap(({ target, trials }) => {
      const valid = trials.filter(({ verdict }) => verdict !== 'INVALID');
      const median = medianOf(valid.flatMap(({ raw }) => raw.values['ceilingTokensPerSecond'] ?? []));
      return Number.isNaN(median) ? [] : [[target, median]];
    }),
  );
}

/** @param scenarios reports without their answers. */
export function instrumentOf(
  { scenarios: data }: Collected,
  scenarios: readonly ScenarioReport[],
  ceiling: Readonly<Record<string, number>>,
): Instrument {
  const aa = scenarios.find(({ name }) => name === SELF.aa)?.comparisons;
  const others = scenarios.filter(({ name }) => name !== SELF.aa).flatMap(({ comparisons }) => comparisons);
  return {
    // Rows that are not VALID were not compared, so that they show nothing.
    aa: aa ? { comparisons: aa.filter(isMade).length, found: aa.filter(isFound).map(describe) } : null,
    ceiling,
    floor: detectionFloor(aa ?? [], others),
    knownDelay: knownDelayOf(scenarios.find(({ name }) => name === SELF.knownDelay)),
    secondOpinion: secondOpinionOf(data.find(({ scenario }) => scenario.name === SELF.secondOpinion)),
  };
}

function isMade({ difference }: Comparison): boolean {
  return difference.low !== null;
}

function isFound({ word }: Comparison): boolean {
  return word !== 'equivalent' && word !== 'inconclusive';
}

function describe({ metric, point, target, word }: Comparison): string {
  return [target, point, metric, word].filter(Boolean).join(' ');
}

/** The median D with the injected delay, less that without it. */
function knownDelayOf(report: ScenarioReport | undefined): Instrument['knownDelay'] {
  const rows = (report?.rows ?? []).filter(({ verdict }) => verdict === 'VALID');
  const at = (row: (typeof rows)[number]): number => Number(row.factors['injectedMs']);
  const [base, delayed] = [rows.find((row) => at(row) === 0), rows.find((row) => at(row) > 0)];
  const before = base?.values['delivery.p50']?.value ?? null;
  const after = delayed?.values['delivery.p50']?.value ?? null;
  if (!delayed || before === null || after === null) return null;
  const injectedMs = at(delayed);
  return { injectedMs, seenMs: after - before, errorMs: after - before - injectedMs };
}

/** Trials that note `oursMs` and `theirsMs`: medians of time to last token, by both instruments. */
function secondOpinionOf(data: ScenarioData | undefined): Instrument['secondOpinion'] {
  const trials = (data?.cells ?? []).flatMap((cell) => cell.trials).filter(({ verdict }) => verdict === 'VALID');
  const median = (name: string): number => medianOf(trials.flatMap(({ raw }) => raw.values[name] ?? []));
  const [oursMs, theirsMs] = [median('oursMs'), median('theirsMs')];
  if (Number.isNaN(oursMs) || Number.isNaN(theirsMs)) return null;
  return { name: String(trials[0]?.raw.factors['tool'] ?? 'autocannon'), oursMs, theirsMs, ratio: oursMs / theirsMs };
}

function medianOf(values: readonly number[]): number {
  return weightedMedian(values)(values.map(() => 1));
}
