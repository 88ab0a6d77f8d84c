import type { TraceSpec } from '../trace/trace.js';
import type { Cell, Load, Size } from './scenario.js';
import type { Target } from '../targets/target.js';

/** Of all traces, unless `--seed` says otherwise: the runner adds it. */
const SEED = 7;

/** The trace that most scenarios play: 50 tokens/s, as uneven as models are. */
export function steadyTrace(size: Size, changes: Partial<TraceSpec> = {}): TraceSpec {
  const tokens = size === 'full' ? 100 : 50;
  return { name: `steady-${size}`, seed: SEED, tokens, tokensPerSecond: 50, ttftMs: 100, jitter: 0.3, ...changes };
}

/** Fifty streams a trial: six blocks are 300, enough for a p99 (299, Wilks). */
export function steadyLoad(size: Size, changes: Partial<Load> = {}): Load {
  return { trace: steadyTrace(size), streams: 50, rampMs: 500, warmUp: 10, ...changes };
}

/** A cell in which nothing is varied. */
export function plain(target: Target, load: Load): Cell {
  return { target, point: '', factors: {}, load };
}

/** Ours, without the baseline where streaming is the question. */
export function streaming(targets: readonly Target[]): readonly Target[] {
  return targets.filter(({ kind, name }) => kind === 'ours' && name !== 'batch');
}

/** Those of our modes in which the server writes by itself. */
export function pushing(targets: readonly Target[]): readonly Target[] {
  return streaming(targets).filter(({ name }) => !name.endsWith('-poll'));
}

/** Targets by their names, in the order of the names; those that are not there are left out. */
export function named(targets: readonly Target[], ...names: readonly string[]): readonly Target[] {
  return names.flatMap((name) => targets.find((target) => target.name === name) ?? []);
}
