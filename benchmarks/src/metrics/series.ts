import type { Scenario } from '../scenarios/scenario.js';
import { streamSeries } from './stream-series.js';
import { trialSeries } from './trial-series.js';
import type { TrialView } from './view.js';

/**
 * The values of the series that are asked for. The scenario's own series come first, then the standard ones, then what
 * the trial (`values`) or its streams (`extra`) brought under that name.
 *
 * @param names series.
 * @param own the scenario's `series`.
 */
export function seriesOf(
  view: TrialView,
  names: Iterable<string>,
  own?: Scenario['series'],
): ReadonlyMap<string, Float64Array> {
  const { trial, streams } = view;
  const ownSeries =
    own?.(
      trial,
      streams.map(({ stream }) => stream),
    ) ?? {};
  const find = (name: string): Float64Array => {
    const special = Object.hasOwn(ownSeries, name) ? ownSeries[name] : undefined;
    if (special) return Float64Array.from(special).filter(Number.isFinite);
    return streamSeries(name, view) ?? trialSeries(name, view) ?? broughtAs(name, view);
  };
  return new Map(Array.from(new Set(names), (name) => [name, find(name)]));
}

/** One value a trial, or one a stream that has it. */
function broughtAs(name: string, { trial, streams }: TrialView): Float64Array {
  const value = Object.hasOwn(trial.values, name) ? trial.values[name] : undefined;
  if (value !== undefined) return Float64Array.of(value).filter(Number.isFinite);
  return Float64Array.from(streams.flatMap(({ stream }) => stream.extra?.[name] ?? [])).filter(Number.isFinite);
}
