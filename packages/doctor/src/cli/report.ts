import { HOPS } from '../diagnose/hops.js';
import { severityOf } from '../diagnose/problems.js';
import type { Remedy } from '../diagnose/remedies.js';
import type { Diagnosis } from '../probes/examine.js';
import type { ProbeResult } from '../probes/context.js';
import type { Machine } from './machine.js';
import { plain } from './plain.js';
import { figuresOf, problemsOf, type ProblemSummary } from './summary.js';
import { timeline } from './timeline.js';

const COLOURS = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;

/** Gives text a colour, or leaves it. */
export type Paint = (colour: keyof typeof COLOURS, text: string) => string;

/** A paint for a terminal that understands colours, or does not. */
export function paintFor(colour: boolean): Paint {
  return (name, text) => (colour ? `\u001B[${COLOURS[name]}m${text}\u001B[0m` : text);
}

const MARKS = { harm: ['red', '✗'], risk: ['yellow', '!'], unknown: ['yellow', '?'] } as const;
const VERDICTS = {
  healthy: ['green', 'Healthy: nothing on the way harms streaming.'],
  harmed: ['red', 'Streaming is harmed.'],
  unknown: ['yellow', 'Not judged: see the lines that begin with “?”.'],
} as const;

/** The report for people. */
export function reportOf(diagnosis: Diagnosis, machine: Machine, idleMs: number, paint: Paint): string {
  const { probes, findings, hops, verdict } = diagnosis;
  const problems = problemsOf(findings, hops);
  const [colour, text] = VERDICTS[verdict];
  return [
    paint('bold', headline(diagnosis)),
    '',
    ...probes.flatMap((probe) => probeLines(probe, paint)),
    ...problems.flatMap((problem) => problemLines(problem, paint)),
    '',
    ...machineLines(machine, paint),
    ...(idleMs === 0 && verdict !== 'unknown'
      ? [paint('dim', 'Silence was not tried: --idle 70 finds limits of a minute.')]
      : []),
    paint(colour, text),
    '',
  ].join('\n');
}

function headline({ url, server, alpn, hops }: Diagnosis): string {
  const behind = hops.length === 0 ? [] : [`seen on the way: ${hops.map((hop) => HOPS[hop]).join(', ')}`];
  const tls = alpn === undefined ? [] : [`TLS, ${alpn}`];
  return [plain(url.href), ...(server === 'tokenwire' ? ['tokenwire'] : []), ...tls, ...behind].join(' · ');
}

function probeLines(probe: ProbeResult, paint: Paint): readonly string[] {
  const { name, polls, status, headersMs, firstByteMs, endMs, bytes, pieces, heaps, tokens } = figuresOf(probe);
  const mark = markOf(probe, paint);
  if (status === undefined) return [`${mark} ${name}`];
  if (polls !== undefined) return [`${mark} ${paint('bold', name)}  ${paint('dim', `${polls} polls`)}`];
  const figures = [
    `status ${status}`,
    `headers ${ms(headersMs)}`,
    `first byte ${ms(firstByteMs)}`,
    `end ${ms(endMs)}`,
    `${bytes} B in ${pieces} pieces, ${heaps} moments`,
    ...(tokens === undefined
      ? []
      : [`tokens waited ${ms(tokens.medianWaitMs)} (median), ${ms(tokens.maxWaitMs)} (longest)`]),
  ];
  const { answer } = probe;
  const picture =
    answer === undefined || answer.wire.length < 2 ? [] : [`    ${paint('dim', timeline(answer.wire, answer.endMs))}`];
  return [`${mark} ${paint('bold', name)}  ${paint('dim', figures.join(' · '))}`, ...picture];
}

/** The gravest of what was found. */
function markOf({ judged, findings }: ProbeResult, paint: Paint): string {
  const severities = new Set(findings.map(severityOf));
  const gravest = (['harm', 'unknown', 'risk'] as const).find((severity) => severities.has(severity));
  if (gravest !== undefined) {
    const [colour, mark] = MARKS[gravest];
    return paint(colour, mark);
  }
  return judged ? paint('green', '✓') : paint('yellow', '?');
}

function problemLines(
  { severity, title, probes, evidence, remedies }: ProblemSummary,
  paint: Paint,
): readonly string[] {
  const [colour, mark] = MARKS[severity];
  return [
    '',
    `${paint(colour, mark)} ${paint('bold', title)}  ${paint('dim', `(${probes.join(', ')})`)}`,
    ...labelled('seen', evidence),
    ...remedies.flatMap((remedy) => labelled(placeOf(remedy), remedy.lines)),
  ];
}

function placeOf({ where }: Remedy): string {
  return where in HOPS ? HOPS[where as keyof typeof HOPS] : where;
}

function labelled(label: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, i) => `    ${(i === 0 ? label : '').padEnd(10)} ${line}`);
}

function machineLines({ nodeWarning, missing }: Machine, paint: Paint): readonly string[] {
  return [
    ...(nodeWarning === undefined ? [] : [`${paint('yellow', '!')} this machine: ${nodeWarning}`]),
    ...(missing.length === 0 ? [] : [paint('dim', `Optional tools that are not here: ${missing.join(', ')}.`)]),
  ];
}

function ms(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${Math.round(value)} ms`;
}
