import { heapsOf } from '../diagnose/flow.js';
import type { Hop } from '../diagnose/hops.js';
import { PROBLEMS, severityOf, type Finding, type Problem, type Severity } from '../diagnose/problems.js';
import { remediesFor, type Remedy } from '../diagnose/remedies.js';
import type { ProbeResult } from '../probes/context.js';
import { plain } from './plain.js';

/** A problem with everything that is known of it; text is safe to print. */
export interface ProblemSummary {
  readonly problem: Problem;
  readonly severity: Severity;
  readonly title: string;
  /** The probes that showed it. */
  readonly probes: readonly string[];
  /** Of the first probe that showed it. */
  readonly evidence: readonly string[];
  readonly remedies: readonly Remedy[];
}

/** Findings as problems: each once, the gravest first. */
export function problemsOf(findings: readonly Finding[], hops: readonly Hop[]): readonly ProblemSummary[] {
  return (Object.keys(PROBLEMS) as Problem[]).flatMap((problem) => {
    const shown = findings.filter((finding) => finding.problem === problem);
    const [first] = shown;
    if (first === undefined) return [];
    return {
      problem,
      severity: severityOf(first),
      title: PROBLEMS[problem][1],
      probes: [...new Set(shown.map(({ probe }) => plain(probe)))],
      evidence: first.evidence.map(plain),
      remedies: remediesFor(problem, hops),
    };
  });
}

/** The figures of a probe. Times in milliseconds since the request. */
export interface ProbeFigures {
  readonly name: string;
  readonly judged: boolean;
  readonly polls?: number;
  readonly status?: number;
  readonly httpVersion?: string;
  readonly headersMs?: number;
  readonly firstByteMs?: number | null;
  readonly endMs?: number;
  readonly ending?: string;
  readonly bytes?: number;
  readonly pieces?: number;
  readonly heaps?: number;
  readonly tokens?: {
    readonly count: number;
    readonly heaps: number;
    readonly medianWaitMs: number;
    readonly maxWaitMs: number;
  };
}

/** What a report says of a probe in figures. */
export function figuresOf({ name, judged, polls, answer, lateness }: ProbeResult): ProbeFigures {
  const about = { name: plain(name), judged, ...(polls === undefined ? {} : { polls }) };
  if (answer === undefined) return about;
  const { status, httpVersion, headersMs, endMs, ending, wireBytes, wire, content } = answer;
  const figures = {
    ...about,
    status,
    httpVersion,
    headersMs: round(headersMs),
    firstByteMs: wire[0] === undefined ? null : round(wire[0].atMs),
    endMs: round(endMs),
    ending,
    bytes: wireBytes,
    pieces: wire.length,
    heaps: heapsOf(content).length,
  };
  if (lateness === undefined) return figures;
  const { tokens: count, heaps, medianMs, maxMs } = lateness;
  return { ...figures, tokens: { count, heaps, medianWaitMs: round(medianMs), maxWaitMs: round(maxMs) } };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
