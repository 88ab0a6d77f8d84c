/** What a run played, in words: where a trace is from, and whether two runs played the same. */
import type { Manifest, TraceSummary } from '../raw/manifest.js';

/** `seed 7`; `recording my-answer, file’s SHA-256 1f86…`, with all its digits. */
export function originOf({ seed, recording }: TraceSummary): string {
  return recording ? `recording ${recording.name}, file’s SHA-256 ${recording.sha256}` : `seed ${seed}`;
}

/** A note for the tables of scenarios that played a recording; none when the run had none. */
export function recordingNotes({ traces }: Manifest): readonly string[] {
  return Object.values(traces).flatMap((trace) =>
    trace.recording
      ? `The answer is the ${originOf(trace)}: ${trace.tokens} tokens, one for each piece that says something, at the recorded times. Where these notes tell of tokens and rates, its own hold.`
      : [],
  );
}

/**
 * Traces of one name that two runs did not play alike, and a recording that only one of them played. Traces that one of
 * them did not need are no difference.
 * @returns a sentence; empty when what both played is the same.
 */
export function differenceOfTraces(before: Manifest, after: Manifest): string {
  const [old, now] = [byName(before), byName(after)];
  const differing = [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const [a, b] = [old.get(name), now.get(name)];
    const isOptional = !(a ?? b)?.trace.recording;
    if (a?.hash === b?.hash || (isOptional && !(a && b))) return [];
    return `${name} (${a ? originOf(a.trace) : 'none'}, then ${b ? originOf(b.trace) : 'none'})`;
  });
  return differing.length === 0
    ? ''
    : `The two runs did not play the same answers, so figures may differ for that reason alone: ${differing.join('; ')}.`;
}

function byName({ traces }: Manifest): ReadonlyMap<string, { readonly hash: string; readonly trace: TraceSummary }> {
  return new Map(Object.entries(traces).map(([hash, trace]) => [trace.name, { hash, trace }]));
}
