/** Thresholds for CI. Counts are the same in every run and may fail a build; times of a shared machine only warn. */
import { UsageError } from '../compare/failures.js';
import type { Metric } from '../metrics/metric.js';
import type { LabReport, Row } from './model.js';

/** The most that a metric may be. */
export interface Threshold {
  /** Metric id. */
  readonly metric: string;
  /** Only in this scenario; default in all. */
  readonly scenario: string | undefined;
  /** In the metric's unit. */
  readonly most: number;
}

/** A threshold that is broken, as a sentence. */
export interface Breach {
  readonly message: string;
  /** Whether it ends the command with status 1. */
  readonly fails: boolean;
}

/**
 * Reads `metric=value` or `scenario/metric=value`: `wire.down=120`, `steady/delivery.p50=2`.
 * @throws {UsageError} when it is neither.
 */
export function parseThreshold(text: string): Threshold {
  const match = /^(?:([^/=]+)\/)?([^/=]+)=(-?\d+(?:\.\d+)?)$/.exec(text);
  const [, scenario, metric, most] = match ?? [];
  if (metric === undefined || most === undefined) {
    throw new UsageError(`"${text}" is no threshold: metric=value or scenario/metric=value, as in delivery.p50=2`);
  }
  return { metric, scenario, most: Number(most) };
}

/**
 * Holds the rows of our own targets against thresholds. Times of a row that is not VALID prove nothing and break none;
 * counts do not depend on who else was busy.
 *
 * @param failOnTimes let everything fail that is above, not only what is deterministic. Default false.
 * @throws {UsageError} for a metric that no row of ours has: a gate that looks at nothing must not be green.
 */
export function checkThresholds(
  report: LabReport,
  thresholds: readonly Threshold[],
  { failOnTimes = false }: { readonly failOnTimes?: boolean } = {},
): readonly Breach[] {
  return thresholds.flatMap((threshold) => {
    const { metric: id, scenario, most } = threshold;
    const metric = report.metrics[id];
    const found = report.scenarios
      .filter(({ name }) => scenario === undefined || name === scenario)
      .flatMap(({ name, rows }) => rows.flatMap((row) => figuresOf(name, row, id)));
    if (!metric || found.length === 0) {
      throw new UsageError(`no row of ours has ${id}${scenario === undefined ? '' : ` in ${scenario}`}`);
    }
    const fails = failOnTimes || metric.deterministic === true;
    return found
      .filter(({ row, value }) => value > most && (metric.deterministic === true || row.verdict === 'VALID'))
      .map(({ where, value }) => ({ message: sentence(metric, where, value, most), fails }));
  });
}

function figuresOf(scenario: string, row: Row, metric: string) {
  const value = row.values[metric]?.value ?? null;
  if (row.kind !== 'ours' || value === null) return [];
  return { row, value, where: [scenario, row.target, row.point].filter(Boolean).join(', ') };
}

function sentence({ id, unit }: Metric, where: string, value: number, most: number): string {
  const shown = unit === 'count' || unit === 'ratio' ? '' : ` ${unit}`;
  return `${where}: ${id} is ${Number(value.toPrecision(4))}${shown}, limit ${most}${shown}`;
}
