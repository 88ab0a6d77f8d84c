import { within } from '../harness/eventually.js';
import { call } from '../harness/http.js';
import { notAskedBecause } from '../matrix.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';
import { groupOf, type Result } from './result.js';
import { seen } from './seen.js';

/** A server that is there says so within this. */
const SIGN_OF_LIFE_MS = 5_000;
/** Failures in a row that all took as long as a harness waits: the server hangs, and the rest would hang too. */
const HANGS_IN_A_ROW = 4;
const HANG_MS = 15_000;

const INTERRUPTED = 'interrupted';

export interface AskOptions {
  readonly requirements: readonly Requirement[];
  /** Whether to stop after the first failure. */
  readonly bail: boolean;
  /** Longest that one requirement may take. */
  readonly timeoutMs: number;
  /** Stops asking; the rest counts as not asked. */
  readonly signal: AbortSignal;
  readonly onStart: (requirement: Requirement, target: Target) => void;
  readonly onResult: (result: Result) => void;
}

/** Asks targets all requirements, one after the other. Never throws, and never hangs on a server that does. */
export async function ask(targets: readonly Target[], options: AskOptions): Promise<readonly Result[]> {
  // A requirement that was given up goes on in the background, and its late failures belong to nobody.
  const ignore = (): void => {};
  process.on('uncaughtException', ignore).on('unhandledRejection', ignore);
  try {
    return await askAll(targets, options);
  } finally {
    process.off('uncaughtException', ignore).off('unhandledRejection', ignore);
  }
}

async function askAll(targets: readonly Target[], options: AskOptions): Promise<readonly Result[]> {
  const results: Result[] = [];
  let end: string | undefined;
  let hangs = 0;
  for (const target of targets) {
    for (const requirement of options.requirements) {
      const result = await askOne(target, requirement, end, options);
      results.push(result);
      options.onResult(result);
      if (result.status === 'passed') hangs = 0;
      if (result.status !== 'failed') continue;
      hangs = result.durationMs >= Math.min(HANG_MS, options.timeoutMs) ? hangs + 1 : 0;
      end ??= await reasonToEnd(target, hangs, options.bail);
    }
  }
  return results;
}

async function askOne(
  target: Target,
  requirement: Requirement,
  end: string | undefined,
  { timeoutMs, signal, onStart }: AskOptions,
): Promise<Result> {
  const { id, title, source } = requirement;
  const about = { id, title, source, group: groupOf(requirement), mode: target.mode };
  const reason = notAskedBecause(target, requirement) ?? end ?? (signal.aborted ? INTERRUPTED : undefined);
  if (reason !== undefined) return { ...about, status: 'not-asked', reason, durationMs: 0 };
  onStart(requirement, target);
  const startedAt = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedAt);
  try {
    await within(timeoutMs, 'the requirement is answered', interruptible(requirement.run(target), signal));
    return { ...about, status: 'passed', durationMs: tookMs() };
  } catch (error) {
    if (signal.aborted) return { ...about, status: 'not-asked', reason: INTERRUPTED, durationMs: 0 };
    return { ...about, status: 'failed', error: seen(error), durationMs: tookMs() };
  }
}

/**
 * Waits for a requirement until it is interrupted, or until something that nobody awaits fails meanwhile: a server
 * that is no server of ours finds corners of the harness that no other does, and must not end the run.
 */
async function interruptible(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = withReject();
  const interrupt = (): void => reject(new Error(INTERRUPTED));
  signal.addEventListener('abort', interrupt);
  process.on('uncaughtException', reject).on('unhandledRejection', reject);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', interrupt);
    process.off('uncaughtException', reject).off('unhandledRejection', reject);
  }
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectIt) => (reject = rejectIt));
  return { promise, reject };
}

async function reasonToEnd(target: Target, hangs: number, bail: boolean): Promise<string | undefined> {
  if (bail) return 'a requirement before it failed (--bail)';
  if (hangs >= HANGS_IN_A_ROW) return `the server hangs: ${hangs} requirements in a row were not answered in time`;
  try {
    await within(SIGN_OF_LIFE_MS, 'a sign of life', call(`${target.url}/healthz`));
    return undefined;
  } catch {
    return 'the server does not answer any more';
  }
}
