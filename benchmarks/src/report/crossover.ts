/**
 * Which mode wins where. For every point of every scenario: the mode with the lowest median D, if that can be said.
 * Pure: made of rows and comparisons only.
 */
import { MODES } from '@tokenwire/protocol';

import type { Comparison, LabReport, Row, ScenarioReport } from './model.js';

/** What can be said of one mode at one point. */
export type Standing = 'best' | 'equivalent' | 'slower' | 'inconclusive' | 'withheld';

export interface CrossoverCell {
  readonly target: string;
  readonly standing: Standing;
  /** D p50 in milliseconds; null when there is none to be believed. */
  readonly valueMs: number | null;
  /** Against the lowest value of the point; null without a value. */
  readonly ratio: number | null;
}

export interface CrossoverRow {
  readonly scenario: string;
  readonly title: string;
  /** What was varied, as shown; empty when nothing was. */
  readonly point: string;
  /** One a mode that was measured there, in the order of the report. */
  readonly cells: readonly CrossoverCell[];
  /**
   * `winner`: one is faster than all others. `equivalent`: several cannot be told apart within the margin, and are faster
   * than the rest. `inconclusive`: the sample does not say. `withheld`: fewer than two modes have a figure to be believed.
   */
  readonly outcome: 'winner' | 'equivalent' | 'inconclusive' | 'withheld';
  /** Who is ahead: one for a winner, more for the others; empty when withheld. */
  readonly leaders: readonly string[];
}

const METRIC = 'delivery.p50';

/** Every point at which two or more of our modes were measured. */
export function crossover(report: LabReport): readonly CrossoverRow[] {
  return report.scenarios.flatMap((scenario) => {
    const points = [...new Set(scenario.rows.map(({ point }) => point))];
    return points.flatMap((point) => rowOf(report, scenario, point) ?? []);
  });
}

function rowOf(report: LabReport, scenario: ScenarioReport, point: string): CrossoverRow | undefined {
  const ours = scenario.rows.filter((row) => isMode(row) && row.point === point);
  if (ours.length < 2 || !scenario.columns.includes(METRIC)) return undefined;
  const usable = ours.filter((row) => row.verdict === 'VALID' && medianOf(row) !== null);
  const best = usable.reduce<Row | undefined>(
    (lowest, row) => (!lowest || (medianOf(row) ?? 0) < (medianOf(lowest) ?? 0) ? row : lowest),
    undefined,
  );
  const withheld = !best || usable.length < 2;
  const cells = ours.map((row): CrossoverCell => {
    const usableRow = usable.includes(row);
    const valueMs = usableRow ? medianOf(row) : null;
    const ratio = valueMs !== null && best ? valueMs / (medianOf(best) ?? Number.NaN) : null;
    const standing =
      withheld || !usableRow ? 'withheld' : row === best ? 'best' : standingOf(report, scenario, row, best);
    return { target: row.target, standing, valueMs, ratio };
  });
  const named = { scenario: scenario.name, title: scenario.title, point, cells };
  return withheld ? { ...named, outcome: 'withheld', leaders: [] } : { ...named, ...outcomeOf(cells) };
}

/** No control, no peer, no variant of a mode, and not the answer that is not streamed. */
function isMode({ target }: Row): boolean {
  return (MODES as readonly string[]).includes(target);
}

function outcomeOf(cells: readonly CrossoverCell[]): Pick<CrossoverRow, 'outcome' | 'leaders'> {
  const ahead = cells.filter(({ standing }) => standing !== 'slower' && standing !== 'withheld');
  const leaders = ahead.toSorted((a, b) => (a.valueMs ?? 0) - (b.valueMs ?? 0)).map(({ target }) => target);
  if (ahead.some(({ standing }) => standing === 'inconclusive')) return { outcome: 'inconclusive', leaders };
  return { outcome: leaders.length > 1 ? 'equivalent' : 'winner', leaders };
}

/** What can be said of a row that has a higher median than the best one. */
function standingOf(report: LabReport, scenario: ScenarioReport, row: Row, best: Row): Standing {
  const direct = comparisonOf(scenario, row, best) ?? comparisonOf(scenario, best, row);
  if (direct) {
    if (direct.word === 'equivalent' || direct.word === 'inconclusive') return direct.word;
    return 'slower';
  }
  const metric = report.metrics[METRIC];
  const reference = medianOf(best) ?? 0;
  const margin = Math.max((metric?.margin.relative ?? 0) * reference, metric?.margin.absolute ?? 0);
  const behind = distance(scenario, row, best);
  if (!behind) return 'inconclusive';
  if (behind.low >= -margin && behind.high <= margin) return 'equivalent';
  return behind.low > 0 ? 'slower' : 'inconclusive';
}

/** An interval in milliseconds. */
interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * How far a row is behind another, neither of them the reference: from the differences of both from the reference, or
 * from the intervals of both. Ends are combined in the worst way, so the interval is too wide rather than too narrow.
 */
function distance(scenario: ScenarioReport, row: Row, other: Row): Interval | undefined {
  const [mine, theirs] = [fromReference(scenario, row), fromReference(scenario, other)];
  const [a, b] = mine && theirs ? [mine, theirs] : [intervalOf(row), intervalOf(other)];
  return a && b && { low: a.low - b.high, high: a.high - b.low };
}

function fromReference({ comparisons }: ScenarioReport, row: Row): Interval | undefined {
  const found = comparisons.find(
    ({ metric, point, target }) => metric === METRIC && point === row.point && target === row.target,
  );
  return interval(found?.difference);
}

function intervalOf(row: Row): Interval | undefined {
  return interval(row.values[METRIC]);
}

function interval(estimate: { low: number | null; high: number | null } | undefined): Interval | undefined {
  if (!estimate || estimate.low === null || estimate.high === null) return undefined;
  return { low: estimate.low, high: estimate.high };
}

function comparisonOf({ comparisons }: ScenarioReport, row: Row, reference: Row): Comparison | undefined {
  return comparisons.find(
    (one) =>
      one.metric === METRIC &&
      one.point === row.point &&
      one.target === row.target &&
      one.reference === reference.target,
  );
}

function medianOf(row: Row): number | null {
  return row.values[METRIC]?.value ?? null;
}
