/** Series with one value a trial. */
import type { ProcessUse } from '../raw/raw.js';
import { isGood } from './objectives.js';
import type { TrialView } from './view.js';

type OfTrial = (view: TrialView) => number | null | undefined;

const OF_TRIAL: Readonly<Record<string, OfTrial>> = {
  /** CPU µs of the server per delivered token, from the first request to the last answer. */
  serverCpu: ({ trial }) => perToken(cpuOf(trial.server), trial.tokens),
  serverCpuUser: ({ trial }) => perToken(trial.server?.cpuUserUs, trial.tokens),
  serverCpuSystem: ({ trial }) => perToken(trial.server?.cpuSystemUs, trial.tokens),
  /** The same while all streams ran. */
  serverCpuSteady: ({ trial: { steady } }) => perToken(cpuOf(steady?.server), steady?.tokens),
  serverCpuSteadyUser: ({ trial: { steady } }) => perToken(steady?.server.cpuUserUs, steady?.tokens),
  serverCpuSteadySystem: ({ trial: { steady } }) => perToken(steady?.server.cpuSystemUs, steady?.tokens),
  serverShare: ({ trial }) => shareOf(trial.server),
  serverRss: ({ trial }) => kib(trial.server?.rssBytes),
  serverHeap: ({ trial }) => kib(trial.server?.heapUsedBytes),
  serverExternal: ({ trial }) => kib(trial.server?.externalBytes),
  serverLoopDelay: ({ trial }) => trial.server?.loopDelayP99Ms,
  serverLoopDelayP50: ({ trial }) => trial.server?.loopDelayP50Ms,
  serverLoopDelayMax: ({ trial }) => trial.server?.loopDelayMaxMs,
  generatorCpu: ({ trial }) => perToken(cpuOf(trial.generator), trial.tokens),
  generatorShare: ({ trial }) => shareOf(trial.generator),
  generatorRss: ({ trial }) => kib(trial.generator.rssBytes),
  generatorLoopDelay: ({ trial }) => trial.generator.loopDelayP99Ms,
  lagP99: ({ trial }) => trial.lagP99Ms,
  stealShare: ({ trial }) => trial.machine.stealShare,
  othersBusy: ({ trial }) => trial.machine.othersBusy,
  /** All tokens by the time from the first scheduled start to the last token. */
  systemRate: (view) => perSecond(view, view.trial.tokens),
  /** Good streams by the same time. */
  goodStreamRate: (view) => perSecond(view, goodStreams(view)),
};

/** Names of these series. */
export const TRIAL_SERIES: readonly string[] = Object.keys(OF_TRIAL);

/** A series of a trial, or undefined when it is none of these. Empty when the trial cannot tell. */
export function trialSeries(name: string, view: TrialView): Float64Array | undefined {
  const of = Object.hasOwn(OF_TRIAL, name) ? OF_TRIAL[name] : undefined;
  if (!of) return undefined;
  const value = of(view) ?? Number.NaN;
  return Float64Array.from(Number.isFinite(value) ? [value] : []);
}

/** CPU time of a process, user and system. */
export function cpuOf(use: ProcessUse | null | undefined): number | undefined {
  return use ? use.cpuUserUs + use.cpuSystemUs : undefined;
}

/** Share of one processor that a process used. */
export function shareOf(use: ProcessUse | null): number | undefined {
  return use ? (cpuOf(use) ?? 0) / 1000 / use.wallMs : undefined;
}

/** Time from the first scheduled start to the last token, in milliseconds; NaN without streams. */
export function spanMs({ streams }: TrialView): number {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { stream, arrivalsUs } of streams) {
    first = Math.min(first, stream.scheduledMs);
    last = Math.max(last, stream.scheduledMs + (arrivalsUs.at(-1) ?? Number.NEGATIVE_INFINITY) / 1000);
  }
  return last > first ? last - first : Number.NaN;
}

/** NaN when it cannot be told of one of them. */
function goodStreams({ streams }: TrialView): number {
  const good = streams.map(isGood);
  return good.includes(undefined) ? Number.NaN : good.filter(Boolean).length;
}

function perSecond(view: TrialView, count: number): number {
  return (count / spanMs(view)) * 1000;
}

function perToken(us: number | undefined, tokens: number | undefined): number | undefined {
  return us === undefined || !tokens ? undefined : us / tokens;
}

function kib(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1024;
}
