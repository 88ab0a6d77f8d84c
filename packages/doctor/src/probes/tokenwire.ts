import type { Mode } from '@tokenwire/protocol';

import { finder, milliseconds } from '../diagnose/answers.js';
import type { Problem } from '../diagnose/problems.js';
import type { Context, ProbeResult } from './context.js';
import { Control, type Disturbance } from './control.js';
import { probeDeparture } from './departure.js';
import { idOf, start, type Tokenwire } from './detect.js';
import { probeIdle } from './idle.js';
import { probePolls } from './polls.js';
import { probeSocket } from './sockets.js';
import { isStreamMode, probeCut, probeStream, STEADY } from './streams.js';

/** So often a mode is read until the computer was quiet enough. */
const ROUNDS = 3;
/** What a computer without time looks like, too. Being held to the end does not look so. */
const DOUBTFUL: ReadonlySet<Problem> = new Set(['grouped', 'headers-late']);
/** Tokens that waited so many times longer than short answers were held back by something else. */
const BELIEVABLE = 3;

/** Reads a tokenwire server in all its modes. */
export async function examineModes(context: Context, { modes }: Tokenwire): Promise<readonly ProbeResult[]> {
  if (modes.length === 0) {
    const evidence = 'the server starts answers, but no route of any mode gives its events';
    return [{ name: 'tokenwire', findings: [finder('tokenwire')('unclear', evidence)], judged: false }];
  }
  const steady = await steadyModes(context, modes);
  const mode = modes.find(isStreamMode);
  const cut = modes.includes('chunked') ? [probeCut(context)] : [];
  const departure = mode === undefined ? [] : [probeDeparture(context, mode)];
  const endings = await Promise.all([...cut, ...departure]);
  if (context.idleMs === 0) return [...steady, ...endings];
  // What cannot even be read tells nothing by its silence.
  const readable = modes.filter((_, i) => steady[i]?.answer !== undefined);
  const silent = readable.filter((mode) => mode !== 'short-poll').map((mode) => probeIdle(context, mode));
  return [...steady, ...endings, ...(await Promise.all(silent))];
}

/** Reads the modes at once, four answers at most, as many as one user may have; and again what was disturbed. */
async function steadyModes(context: Context, modes: readonly Mode[]): Promise<readonly ProbeResult[]> {
  const results = new Map<Mode, ProbeResult>();
  let left = modes;
  for (let round = 1; left.length > 0; round += 1) {
    const control = new Control(context);
    const polls = left.includes('long-poll') ? idOfStart(context) : Promise.resolve(undefined);
    const read = await Promise.all(left.map((mode) => probeMode(context, mode, polls)));
    const disturbance = await control.end();
    for (const [i, result] of read.entries()) {
      const mode = left[i];
      if (mode !== undefined)
        results.set(mode, disturbed(result, disturbance) ? unjudged(result, disturbance) : result);
    }
    left = left.filter((_, i) => round < ROUNDS && read[i] !== undefined && disturbed(read[i], disturbance));
  }
  return modes.flatMap((mode) => results.get(mode) ?? []);
}

/** Whether what was found may come from a computer that had no time: the reader's, a hop's or the server's. */
function disturbed({ findings, lateness }: ProbeResult, { medianMs, p90Ms }: Disturbance): boolean {
  const found = (problem: Problem): boolean => findings.some((finding) => finding.problem === problem);
  if (lateness !== undefined && found('grouped')) return lateness.medianMs < BELIEVABLE * Math.max(medianMs, 1);
  return found('headers-late') && p90Ms > STEADY.cadence.ttftMs / 2;
}

function unjudged(result: ProbeResult, { medianMs, p90Ms }: Disturbance): ProbeResult {
  const short = `even short answers waited ${milliseconds(medianMs)} (median), ${milliseconds(p90Ms)} (nine in ten)`;
  const rest = result.findings.filter(({ problem }) => !DOUBTFUL.has(problem));
  const evidence = `${short}: this computer, a hop or the server has no time`;
  return { ...result, findings: [...rest, finder(result.name)('unclear', evidence)], judged: false };
}

async function idOfStart(context: Context): Promise<string | undefined> {
  const started = await start(context, STEADY);
  return started === undefined ? undefined : idOf(started);
}

async function probeMode(context: Context, mode: Mode, polls: Promise<string | undefined>): Promise<ProbeResult> {
  if (isStreamMode(mode)) return await probeStream(context, mode);
  if (mode === 'websocket') return await probeSocket(context);
  const id = await polls;
  if (id !== undefined) return await probePolls(context, mode, id);
  const finding = finder(mode)('unclear', 'no answer could be started to poll for');
  return { name: mode, findings: [finding], judged: false };
}
