import type { Measured } from '../compare/modes.js';
import type { LabReport } from '../report/model.js';
import { Evidence, type Unused } from './evidence.js';
import { gapsOf } from './gaps.js';
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

/** Why a mode is above the next one. */
export interface Reason {
  readonly by: 'objective' | FigureName | 'effort' | 'order';
  /** Why the deciding figure does not decide; null where it does, or is not asked. */
  readonly tie: string | null;
  /** The deciding figure decides though the intervals do not tell the two apart. */
  readonly uncertain: boolean;
}

/** A mode at its place. */
export interface Ranked extends Candidate {
  /** From 1. */
  readonly place: number;
  /** Why it is above the next one: objective, the deciding figure, or effort where that is a tie. Null for the last. */
  readonly above: Reason | null;
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
    gaps: gapsOf(asked, evidence, first?.capacity.streamsEach ?? 0),
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
 * First those that meet the objective. Among them, the best by the deciding figure together with all that tie with it,
 * ordered by effort; then the same with the rest.
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

/**
 * Equivalent is a tie. So is what the intervals do not tell apart, as long as it is not more than twice as much: to call
 * 12 ms and 600 ms a tie because both were measured badly would help nobody.
 */
function isTie(one: Candidate, best: Candidate, figure: FigureName): boolean {
  const [a, b] = [one.values[figure], best.values[figure]];
  if (a.value === null && b.value === null) return true;
  const difference = differenceOf(a, b, FIGURES[figure].margin);
  if (difference?.word !== 'inconclusive') return difference?.word === 'equivalent';
  return Math.abs(difference.value) <= Math.abs(b.value ?? 0);
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
  if (one.objective !== next.objective) return { by: 'objective', tie: null, uncertain: false };
  if (!tied && figure) return { by: figure, tie: null, uncertain: wordOf(next, one, figure) === 'inconclusive' };
  const by = one.effort === next.effort ? 'order' : 'effort';
  return { by, tie: figure && tieOf(next, one, figure), uncertain: false };
}

function wordOf(one: Candidate, other: Candidate, figure: FigureName): Difference['word'] | undefined {
  return differenceOf(one.values[figure], other.values[figure], FIGURES[figure].margin)?.word;
}

function tieOf(one: Candidate, other: Candidate, figure: FigureName): string {
  const { label } = FIGURES[figure];
  const word = wordOf(one, other, figure);
  if (word === undefined) return `no ${label} of both`;
  return `${label} ${word === 'equivalent' ? 'is equivalent' : 'cannot be told apart'}`;
}

function compared(second: Candidate, first: Candidate): readonly SecondPlace[] {
  return (Object.keys(FIGURES) as FigureName[]).flatMap((figure) => {
    const difference = differenceOf(second.values[figure], first.values[figure], FIGURES[figure].margin);
    return difference ? [{ figure, difference }] : [];
  });
}
