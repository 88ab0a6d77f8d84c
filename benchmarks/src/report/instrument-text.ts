import { rough, short } from '../compare/numbers.js';
import { withUnit } from './format.js';
import type { LabReport } from './model.js';
import { metricOf } from './tables.js';

/** A figure of the instrument: what it is, what was seen. */
export interface InstrumentFigure {
  readonly name: string;
  readonly seen: string;
}

/** What the instrument says of itself, in the order in which one should doubt it. What was not run says so. */
export function instrumentFigures(report: LabReport): readonly InstrumentFigure[] {
  const { aa, ceiling, floor, knownDelay, secondOpinion } = report.instrument;
  const ceilings = Object.entries(ceiling).map(([driver, rate]) => `${driver} ${rough(rate)} tokens/s`);
  const floors = Object.entries(floor).map(([id, value]) => {
    const metric = metricOf(report, id);
    return `${metric.label} ${withUnit(value, metric)}`;
  });
  return [
    { name: 'A/A: the same target twice', seen: aaText(aa) },
    {
      name: 'Known delay',
      seen: knownDelay
        ? `${short(knownDelay.injectedMs)} ms injected, ${short(knownDelay.seenMs)} ms seen: error ${short(knownDelay.errorMs)} ms`
        : NOT_RUN,
    },
    {
      name: 'Second opinion',
      seen: secondOpinion
        ? `time to last token ${short(secondOpinion.oursMs)} ms, by ${secondOpinion.name} ${short(secondOpinion.theirsMs)} ms: ${secondOpinion.ratio.toFixed(3)}×`
        : NOT_RUN,
    },
    { name: 'Generator’s ceiling', seen: ceilings.join(', ') || NOT_RUN },
    { name: 'Detection floor', seen: floors.join(', ') || NOT_RUN },
    { name: 'Trials left out', seen: excludedText(report) },
  ];
}

const NOT_RUN = 'not run';

function aaText(aa: LabReport['instrument']['aa']): string {
  if (!aa) return NOT_RUN;
  const found = aa.found.length === 0 ? 'no difference found' : `differences found: ${aa.found.join(', ')}`;
  return `${aa.comparisons} comparisons, ${found}`;
}

function excludedText({ excluded }: LabReport): string {
  const counts = new Map<string, number>();
  for (const { verdict } of excluded) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return counts.size === 0 ? 'none' : [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}

/** Enough of a commit to find it, with the `+` of changed files. */
export function shortCommit(commit: string | null): string {
  return commit === null ? 'unknown' : commit.replace(/^([0-9a-f]{10})[0-9a-f]+/, '$1');
}

/** Where, when and with what, in a sentence or two. */
export function madeWith({ manifest, methodology }: LabReport): string {
  const { createdAt, plan, seed, blocks, node, platform, arch, osRelease, cpuCount, cpuModel, commit, pinned } =
    manifest;
  const tied = pinned
    ? `server on processor ${pinned.server}, generator on ${pinned.generator}`
    : 'processes not tied to processors';
  return `Made ${createdAt} with Node ${node} on ${platform} ${arch} (${osRelease}), ${cpuCount} × ${cpuModel}, ${tied}. Plan ${plan}, seed ${seed}, at least ${blocks} blocks; commit ${shortCommit(commit)}; methodology ${methodology}.`;
}

/** What was left out, and how networks were made: one line each. */
export function circumstances({ manifest }: LabReport): readonly string[] {
  const versions = Object.entries(manifest.versions).map(([name, version]) => `${name} ${version}`);
  return [
    ...(manifest.missing.length > 0 ? [`Left out: ${manifest.missing.join('; ')}.`] : []),
    ...Object.entries(manifest.networks).map(([profile, how]) => `Network ${profile}: ${how}.`),
    ...(versions.length > 0 ? [`Beside our own code: ${versions.join(', ')}.`] : []),
  ];
}
