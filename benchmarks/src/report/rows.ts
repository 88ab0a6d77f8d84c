import type { Metric } from '../metrics/metric.js';
import type { Verdict } from '../raw/raw.js';
import { estimate } from '../statistics/estimate.js';
import { percentile } from '../statistics/percentile.js';
import type { BlockValues } from '../statistics/weighted.js';
import { LIMITS } from '../verdict/limits.js';
import { countedTrials, worst } from '../verdict/row.js';
import { ceilingShare } from '../verdict/trial.js';
import type { CellData, ScenarioData, TrialData } from './collect.js';
import type { ExcludedTrial, Row } from './model.js';

/** A row, and what its comparisons are made of. */
export interface BuiltRow {
  readonly row: Row;
  /** Trials that count. */
  readonly trials: readonly TrialData[];
  readonly excluded: readonly ExcludedTrial[];
  /** Place in the table. */
  readonly order: number;
  /** How the target deviates from the others; empty when it does not. */
  readonly note: string;
}

/** What all rows share. */
export interface RowContext {
  /** Of the draws. */
  readonly seed: number;
  /** Tokens per second that the generator can take, by key of its reader. */
  readonly ceiling: Readonly<Record<string, number>>;
}

/** The rows of a scenario, in the order of its cells. */
export function rowsOf({ cells, metrics }: ScenarioData, context: RowContext): readonly BuiltRow[] {
  return cells.map((cell) => rowFrom(cell, metrics, context)).toSorted((a, b) => a.order - b.order);
}

function rowFrom(cell: CellData, metrics: readonly Metric[], { seed, ceiling }: RowContext): BuiltRow {
  const { counted, excluded } = countedTrials(
    cell.trials.map((data) => ({ data, trial: data.raw.trial, block: data.raw.block, verdict: data.verdict })),
  );
  const trials = counted.map(({ data }) => data);
  const shown = cell.trials[0]?.raw.shown;
  const judged = judge(trials, ceiling[shown?.ceilingKey ?? ''] ?? null);
  const row: Row = {
    target: cell.target,
    kind: shown?.kind ?? 'ours',
    point: cell.point,
    factors: cell.trials[0]?.raw.factors ?? {},
    verdict: judged.verdict,
    reasons: judged.reasons,
    flags: judged.flags,
    streams: trials.reduce((sum, { raw }) => sum + raw.streams, 0),
    tokens: trials.reduce((sum, { raw }) => sum + raw.tokens, 0),
    blocks: new Set(trials.map(({ raw }) => raw.block)).size,
    values: judged.withheld
      ? {}
      : Object.fromEntries(metrics.map((metric) => [metric.id, estimate(metric, blocksOf(trials, metric), seed)])),
    deliveryPercentilesMs: judged.withheld ? [] : deliveryPercentiles(trials),
  };
  const left = [
    ...excluded.map(({ data }) => excludedTrial(data, 'repeated')),
    ...trials.filter(({ verdict }) => judged.withheld && verdict !== 'VALID').map((data) => excludedTrial(data, '')),
  ];
  return { row, trials, excluded: left, order: shown?.order ?? 0, note: shown?.note ?? '' };
}

interface RowVerdict {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly flags: readonly string[];
  /** Its figures are not shown: they are wrong, or the generator's more than the target's. */
  readonly withheld: boolean;
}

/** The worst of its trials. The ceiling may have been measured after them, so that it is asked again. */
function judge(trials: readonly TrialData[], ceiling: number | null): RowVerdict {
  const shares = trials.map(({ raw }) => ceilingShare(raw, ceiling));
  const share = Math.max(0, ...shares);
  const tooMuch = share > LIMITS.ceilingWithheld;
  const verdict = worst([...trials.map((trial) => trial.verdict), tooMuch ? 'GENERATOR-LIMITED' : 'VALID']);
  const said = (limit: number): string =>
    `${Math.round(share * 100)} % of what the generator can take, limit ${Math.round(limit * 100)} %`;
  const reasons = trials.flatMap((trial) => trial.reasons.map((reason) => `block ${trial.raw.block}: ${reason}`));
  return {
    verdict,
    reasons: tooMuch ? [said(LIMITS.ceilingWithheld), ...reasons] : reasons,
    flags: !tooMuch && share > LIMITS.ceilingMarked ? [said(LIMITS.ceilingMarked)] : [],
    withheld: tooMuch || verdict === 'INVALID',
  };
}

/** The values of a metric by block. Two trials of one block are one: the block is what is drawn. */
export function blocksOf(trials: readonly TrialData[], { series }: Metric): readonly BlockValues[] {
  const blocks = new Map<number, BlockValues>();
  for (const { raw, series: values } of trials) {
    const own = values.get(series) ?? new Float64Array();
    const known = blocks.get(raw.block);
    blocks.set(raw.block, {
      block: raw.block,
      values: known ? Float64Array.from([...Array.from(known.values), ...own]) : own,
      streams: (known?.streams ?? 0) + raw.streams,
    });
  }
  return [...blocks.values()].toSorted((a, b) => a.block - b.block);
}

/** D at the percentiles 0 to 100, for charts. */
function deliveryPercentiles(trials: readonly TrialData[]): readonly number[] {
  const parts = trials.map(({ series }) => series.get('delivery') ?? new Float64Array());
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  all.sort();
  if (all.length === 0) return [];
  // The 0th percentile is the smallest value.
  return Array.from({ length: 101 }, (_, p) => percentile(all, p || Number.MIN_VALUE));
}

function excludedTrial({ raw, verdict, reasons }: TrialData, why: string): ExcludedTrial {
  const { trial, scenario, target, point, block } = raw;
  return { trial, scenario, target, point, block, verdict, reasons: why ? [...reasons, why] : reasons };
}
