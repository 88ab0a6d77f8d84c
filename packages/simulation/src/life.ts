import { check } from './check/index.js';
import { drawPlan } from './draw.js';
import type { Plan } from './plan.js';
import { Reader } from './reader.js';
import { perform } from './steps.js';
import type { Violation } from './verdict.js';
import { World, type Core, type Tally } from './world.js';

/** How long a life may take in virtual time, in milliseconds: retention and every patience many times over. */
const LIFE_LIMIT_MS = 6 * 3_600_000;

export interface Life {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly tally: Tally;
}

/** Lives the life of a seed or of a changed plan, to its end, and judges it. The same plan takes the same course. */
export async function live(what: number | Plan, core: Core, trace?: (line: string) => void): Promise<Life> {
  const plan = typeof what === 'number' ? drawPlan(what) : what;
  const world = new World(plan, core, trace);
  const readers = new Map(plan.readers.map((reader) => [reader.id, new Reader(world, reader)]));
  for (const step of plan.steps) world.at(step.atMs, () => perform(world, readers, step));
  const over = await world.virtual.runOut(LIFE_LIMIT_MS);
  if (!over) world.verdict.broken('leftover', `${world.virtual.pending} timers go on for ever`);
  check(world, [...readers.values()]);
  return { plan, violations: world.verdict.violations, tally: world.tally };
}
