import type { Measured } from '../compare/modes.js';
import type { LabReport } from '../report/model.js';
import { Evidence, type Unused } from './evidence.js';
import { FIGURES, figuresOf, type FigureName, type ModeFigures } from './figures.js';
import { differenceOf, type Difference } from './quantity.js';
import { CANDIDATES, type Priority, type Requirements } from './requirements.js';
import { judge, type Judgement } from './rules.js';

/** Whether 99 % of tokens come within the objective; `unknown` without a figure. */
export type Objective = 'met' | 'unknown' | 'missed';

/** A mode in the ranking. */
export interface Candidate extends ModeFigures, Pick<Judgement, 'costs'> {
  readonly mode: Measured;
  readonly objective: Objective;
  /** The weights of its costs together. */
  readonly effort: number;
}

/** A mode at its place. */
export interface Ranked extends Candidate {
  /** From 1. */
  readonly place: number;
  /** Why it is above the next one: objective, the deciding figure, or effort where that is a tie. Null for the last. */
  readonly above: { readonly by: 'objective' | FigureName | 'effort' | 'order'; readonly tie: string | null } | null;
}

/** What choosing the second place costs: second − first. */
export interface SecondPlace {
  readonly figure: FigureName;
  readonly difference: Difference;
}

/** The answer to what was asked. */
export interface Advice {
  readonly asked: Requirements;
  readonly ranking: readonly Ranked[];
  readonly excluded: readonly ({ readonly mode: Measured } & Pick<Judgement, 'exclusions'>)[];
  readonly secondPlace: readonly SecondPlace[];
  /** Rows that were met and not used. */
  readonly unused: readonly Unused[];
  /** What the ranking leaves out, because no mode has a figure for it. */
  readonly gaps: readonly string[];
}

/** The figure that decides; simplicity has none. */
export const DECIDING = {
  latency: 'latency',
  cost: 'processors',
  bytes: 'bytes',
  simplicity: null,
} as const satisfies Record<Priority, FigureName | null>;

/** Ranks all modes for what was asked. A pure function of its arguments. */
export function advise(asked: Requirements, report: LabReport): Advice {
  const evidence = new Evidence(report);
  const judged = CANDIDATES.map((mode) => ({ mode, ...judge(mode, asked, evidence) }));
  const excluded = judged.filter(({ exclusions }) => exclusions.length > 0);
  const candidates = judged
    .filter(({ exclusions }) => exclusions.length === 0)
    .map(({ mode, costs }) => candidateOf(mode, costs, asked, evidence));
  const ranking = rank(candidates, asked.priority);
  const [first, second] = ranking;
  return {
    asked,
    ranking,
    excluded: excluded.map(({ mode, exclusions }) => ({ mode, exclusions })),
    secondPlace: first && second ? compared(second, first) : [],
    unused: evidence.unused,
    gaps: gapsOf(asked, evidence),
  };
}

function candidateOf(mode: Measured, costs: Judgement['costs'], asked: Requirements, evidence: Evidence): Candidate {
  const figures = figuresOf(mode, asked, evidence);
  const effort = costs.reduce((sum, { weight }) => sum + weight, 0);
  return { mode, costs, effort, ...figures, objective: objectiveOf(figures, asked) };
}

function objectiveOf({ values, alone }: ModeFigures, { latencyObjectiveMs }: Requirements): Objective {
  const late = values.tail.value ?? values.latency.value;
  // What misses it without network and proxy misses it with them, measured or not.
  if (late === null) return (alone.value ?? 0) > latencyObjectiveMs ? 'missed' : 'unknown';
  return late <= latencyObjectiveMs ? 'met' : 'missed';
}

const OBJECTIVES: readonly Objective[] = ['met', 'unknown', 'missed'];

/**
 * First those that meet the objective. Among them, the best by the deciding figure together with all that cannot be told
 * from it, ordered by effort; then the same with the rest.
 */
function rank(candidates: readonly Candidate[], priority: Priority): readonly Ranked[] {
  const tiers = OBJECTIVES.flatMap((objective) =>
    tiersOf(
      candidates.filter((one) => one.objective === objective),
      DECIDING[priority],
    ),
  );
  const ordered = tiers.flatMap((tier, index) => tier.map((one) => ({ one, tier: index })));
  return Array.from(ordered, ({ one, tier }, index) => {
    const next = ordered[index + 1];
    const above = next ? reasonOf(one, next.one, { tied: tier === next.tier, priority }) : null;
    return { ...one, place: index + 1, above };
  });
}

function tiersOf(candidates: readonly Candidate[], figure: FigureName | null): readonly (readonly Candidate[])[] {
  if (candidates.length === 0) return [];
  if (figure === null) return [byEffort(candidates)];
  const value = ({ values }: Candidate): number => values[figure].value ?? Number.POSITIVE_INFINITY;
  const best = candidates.reduce((a, b) => (value(b) < value(a) ? b : a));
  const tied = candidates.filter((one) => one === best || isTie(one, best, figure));
  const rest = candidates.filter((one) => !tied.includes(one));
  return [byEffort(tied), ...tiersOf(rest, figure)];
}

function isTie(one: Candidate, best: Candidate, figure: FigureName): boolean {
  const [a, b] = [one.values[figure], best.values[figure]];
  if (a.value === null && b.value === null) return true;
  const word = differenceOf(a, b, FIGURES[figure].margin)?.word;
  return word === 'equivalent' || word === 'inconclusive';
}

function byEffort(candidates: readonly Candidate[]): readonly Candidate[] {
  const order = ({ mode }: Candidate): number => CANDIDATES.indexOf(mode);
  return candidates.toSorted((a, b) => a.effort - b.effort || order(a) - order(b));
}

function reasonOf(
  one: Candidate,
  next: Candidate,
  { tied, priority }: { readonly tied: boolean; readonly priority: Priority },
): Ranked['above'] {
  const figure = DECIDING[priority];
  if (one.objective !== next.objective) return { by: 'objective', tie: null };
  if (!tied && figure) return { by: figure, tie: null };
  const word = figure && differenceOf(next.values[figure], one.values[figure], FIGURES[figure].margin)?.word;
  const tie = figure
    ? `${FIGURES[figure].label} ${word === 'equivalent' ? 'is equivalent' : 'cannot be told apart'}`
    : null;
  return { by: one.effort === next.effort ? 'order' : 'effort', tie };
}

function compared(second: Candidate, first: Candidate): readonly SecondPlace[] {
  return (Object.keys(FIGURES) as FigureName[]).flatMap((figure) => {
    const difference = differenceOf(second.values[figure], first.values[figure], FIGURES[figure].margin);
    return difference ? [{ figure, difference }] : [];
  });
}

function gapsOf(
  { network, proxy, proxyConfig, streams, http, plainText }: Requirements,
  evidence: Evidence,
): readonly string[] {
  const gaps: string[] = [];
  if (network !== 'loopback' && !evidence.has('network', [network])) {
    gaps.push(`no figures of the network ${network}: the times are those of one machine`);
  }
  if (proxy !== 'none' && proxy !== 'unknown' && !evidence.has('proxies', [proxy, proxyConfig])) {
    gaps.push(`no figures of ${proxy} (${proxyConfig}): only what its documentation says is considered`);
  }
  if (proxy === 'unknown') gaps.push('nobody knows what stands in between: ask it with npm run doctor -- <url>');
  if (http === 2) gaps.push('HTTP/2 lifts the limit of connections; the figures are those of HTTP/1.1');
  if (plainText) gaps.push('the figures are those of events; plain text has fewer bytes');
  if (!evidence.has('streams')) gaps.push(`no figures of concurrent streams: nothing is said of ${streams} at once`);
  if (!evidence.has('wire')) gaps.push('no wire ledger: nothing is said of bytes');
  return gaps;
}
