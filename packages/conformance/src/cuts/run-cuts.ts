import { equal } from 'node:assert/strict';

import { gauge } from '../harness/answers.js';
import { eventually } from '../harness/eventually.js';
import { ANSWERS, type CutCase } from './cases.js';
import type { CutOutcome, CutRunner } from './cut-runner.js';
import { Lane } from './lane.js';

/** Sums over many cuts. */
export interface CutSummary {
  passed: number;
  /** Cuts that came to pass; the others were at an offset that a shorter stream did not reach. */
  hit: number;
  reconnects: number;
  /** Events that readers got. */
  events: number;
  readonly failures: CutFailure[];
}

/** What was not as it must be. Without a cut: what the server says about itself after all of them. */
export interface CutFailure {
  readonly cut: CutCase | undefined;
  readonly error: unknown;
}

export interface RunCutsOptions {
  /** Streams at the same time that have something to do; default 12. */
  readonly lanes?: number;
  /** Streams at the same time that wait for a watchdog most of their time; default ten times as many. */
  readonly waitingLanes?: number;
  /** Gives up after so many failures; default 20. */
  readonly maxFailures?: number;
  /** Begins no further cut once it aborts, and forgets those under way. */
  readonly signal?: AbortSignal;
  /** Called after each cut. */
  readonly onProgress?: (summary: CutSummary) => void;
}

export function emptySummary(): CutSummary {
  return { passed: 0, hit: 0, reconnects: 0, events: 0, failures: [] };
}

/**
 * Makes the cuts, several at a time, in their order, and adds to `summary`. Never rejects because of a cut. At the end
 * the server, which nobody else may use meanwhile, must have started one generation for each cut and have let go of all.
 */
export async function runCuts(
  runner: CutRunner,
  cuts: readonly CutCase[],
  { lanes = 12, waitingLanes = 10 * lanes, maxFailures = 20, signal, onProgress = () => {} }: RunCutsOptions,
  summary = emptySummary(),
): Promise<CutSummary> {
  // It gave up before.
  if (summary.failures.length >= maxFailures) return summary;
  const tokensBefore = await gauge(runner, 'tokenwire_tokens_total');
  const failuresBefore = summary.failures.length;
  const [waiting, working] = [true, false].map((wait) => cuts.filter(({ how }) => (how === 'blackhole') === wait));
  const onCut = async (cut: CutCase, lane: Lane): Promise<boolean> => {
    const outcome = await attempt(runner, cut, lane);
    // The server may have been interrupted together with this process.
    if (signal?.aborted === true) return false;
    add(summary, cut, outcome);
    onProgress(summary);
    return summary.failures.length < maxFailures;
  };
  await Promise.all([
    inLanes(runner.url, working ?? [], lanes, onCut),
    inLanes(runner.url, waiting ?? [], waitingLanes, onCut),
  ]);
  // A reader that failed may have left its generation running, and the broken cut is reported already.
  if (signal?.aborted === true || summary.failures.length > failuresBefore) return summary;
  try {
    await checkServer(runner, cuts, tokensBefore);
  } catch (error) {
    summary.failures.push({ cut: undefined, error });
  }
  return summary;
}

/** Works on `cuts` in their order, `count` at a time, until `work` says no. */
async function inLanes(
  url: string,
  cuts: readonly CutCase[],
  count: number,
  work: (cut: CutCase, lane: Lane) => Promise<boolean>,
): Promise<void> {
  let next = 0;
  const goOn = async (): Promise<void> => {
    const lane = await Lane.before(url);
    for (let cut = cuts[next++]; cut !== undefined; cut = cuts[next++]) {
      if (!(await work(cut, lane))) break;
    }
    await lane.close();
  };
  await Promise.all(Array.from({ length: Math.min(count, cuts.length) }, goOn));
}

async function attempt(runner: CutRunner, cut: CutCase, lane: Lane): Promise<CutOutcome | { readonly error: unknown }> {
  try {
    return await runner.run(cut, lane);
  } catch (error) {
    return { error };
  }
}

function add(summary: CutSummary, cut: CutCase, outcome: Awaited<ReturnType<typeof attempt>>): void {
  if ('error' in outcome) {
    summary.failures.push({ cut, error: outcome.error });
    return;
  }
  summary.passed += 1;
  summary.hit += outcome.hit ? 1 : 0;
  summary.reconnects += outcome.reconnects;
  summary.events += outcome.events;
}

/** Tokens are counted when a model produces them, so a second generation shows here whatever key it had. */
async function checkServer(runner: CutRunner, cuts: readonly CutCase[], tokensBefore: number): Promise<void> {
  const expected = cuts.reduce((sum, { answer }) => sum + ANSWERS[answer].tokens.length, 0);
  for (const name of ['tokenwire_generations_running', 'tokenwire_readers']) {
    await eventually(`${name} is 0`, async () => (await gauge(runner, name)) === 0);
  }
  const tokens = (await gauge(runner, 'tokenwire_tokens_total')) - tokensBefore;
  equal(tokens, expected, `each of ${cuts.length} starts was one generation (counted in tokens)`);
}
