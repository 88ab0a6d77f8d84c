import type { Metric, Statistic } from './metric.js';
import { COUNTS, COSTS, RATES, TIMES, type Family } from './families.js';
import { WIRE_METRICS } from './wire.js';

/** The margin of times: 5 % or 0.2 ms. */
const MARGIN_MS = { relative: 0.05, absolute: 0.2 } as const;
/** The margin of shares: 5 %, or one in a hundred. */
const MARGIN_RATIO = { relative: 0.05, absolute: 0.01 } as const;
/** The margin of everything else: 5 %. */
const MARGIN = { relative: 0.05, absolute: 0 } as const;

/** All standard metrics, by id. */
export const METRICS: Readonly<Record<string, Metric>> = Object.fromEntries(
  [...[...TIMES, ...RATES, ...COUNTS, ...COSTS].flatMap(metricsOf), ...WIRE_METRICS].map((metric) => [
    metric.id,
    metric,
  ]),
);

/**
 * A metric by its id. A series that is none of the standard ones is one that a scenario brought along: its unit is
 * read off its name (`noticeMs`, `upBytes`, `rssKiB`, `cpuUs`, `idleShare`), and is a count otherwise.
 *
 * @throws {RangeError} when the id does not end in a statistic (`p50`, `mean`, `median`).
 */
export function metricOf(id: string): Metric {
  const known = Object.hasOwn(METRICS, id) ? METRICS[id] : undefined;
  if (known) return known;
  const { series, statistic } = partsOf(id);
  const unit = UNITS.find(({ pattern }) => pattern.test(series))?.unit ?? 'count';
  return {
    id,
    series,
    statistic,
    label: labelOf(series, statistic),
    unit,
    per: statistic.kind === 'median-of-blocks' ? 'trial' : 'stream',
    better: 'lower',
    definition: `${series}, as the scenario notes it`,
    margin: marginFor(unit),
  };
}

const UNITS: readonly { readonly pattern: RegExp; readonly unit: Metric['unit'] }[] = [
  { pattern: /Ms$/, unit: 'ms' },
  { pattern: /Us$/, unit: 'µs' },
  { pattern: /Bytes$/, unit: 'bytes' },
  { pattern: /KiB$/, unit: 'KiB' },
  { pattern: /(Share|Ratio)$/, unit: 'ratio' },
  { pattern: /TokensPerSecond$/, unit: 'tokens/s' },
];

function metricsOf(family: Family): readonly Metric[] {
  const { series, label, unit, per, better, definition, statistics, deterministic } = family;
  return statistics.map((name) => {
    const id = `${series}.${name}`;
    const statistic = statisticOf(name);
    return {
      id,
      series,
      statistic,
      label: labelOf(label, statistic),
      unit,
      per,
      better,
      definition: `${prefixOf(name)}${definition}`,
      margin: marginFor(unit),
      ...(deterministic ? { deterministic } : {}),
    };
  });
}

function marginFor(unit: Metric['unit']): Metric['margin'] {
  if (unit === 'ms') return MARGIN_MS;
  return unit === 'ratio' ? MARGIN_RATIO : MARGIN;
}

/** Percentiles are named in the heading; means and medians are what one expects of their series. */
function labelOf(label: string, statistic: Statistic): string {
  return statistic.kind === 'percentile' ? `${label} p${statistic.p}` : label;
}

function prefixOf(name: string): string {
  if (name === 'mean') return 'mean of ';
  return name === 'median' ? 'median over blocks of ' : `${name} of `;
}

function partsOf(id: string): { readonly series: string; readonly statistic: Statistic } {
  const [, series, name] = /^(.+?)\.(p\d.*|[a-z]+)$/.exec(id) ?? [];
  if (series === undefined || name === undefined) {
    throw new RangeError(`${id}: a metric is a series and a statistic, as in ttft.p50`);
  }
  return { series, statistic: statisticOf(name) };
}

/** @throws {RangeError} for a name that is no statistic. */
function statisticOf(name: string): Statistic {
  if (name === 'mean') return { kind: 'mean' };
  if (name === 'median') return { kind: 'median-of-blocks' };
  const p = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (p === undefined || Number(p) <= 0 || Number(p) >= 100) {
    throw new RangeError(`${name} is no statistic: p50, p99.9, mean and median are`);
  }
  return { kind: 'percentile', p: Number(p) };
}
