import { UsageError } from '../compare/failures.js';
import type { OpenFront } from '../run/front.js';
import type { ScenarioPlan } from '../run/plan.js';
import type { Cell } from '../scenarios/scenario.js';
import { CONTROLS } from '../targets/controls.js';
import { installed } from '../targets/installed.js';
import { OURS } from '../targets/ours.js';
import { PEERS } from '../targets/peers.js';
import type { Target } from '../targets/target.js';
import { frontsFor } from './fronts.js';
import type { BenchOptions } from './options.js';

/** Targets that can be measured here. */
export interface Chosen {
  readonly targets: readonly Target[];
  /** Versions of the packages that they need. */
  readonly versions: Readonly<Record<string, string>>;
  /** What is left out, and how to get it. */
  readonly missing: readonly string[];
}

/**
 * Looks which targets are there.
 * @throws {UsageError} when one was named that does not exist.
 */
export function chooseTargets({ targets: wanted, peers }: Pick<BenchOptions, 'targets' | 'peers'>): Chosen {
  const all = [...OURS, ...CONTROLS, ...PEERS];
  const unknown = wanted.find((name) => !all.some((target) => target.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`unknown target "${unknown}"; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  const asked = all.filter(({ name, kind }) =>
    wanted.length === 0 ? peers || kind !== 'peer' : wanted.includes(name),
  );
  const { targets, versions, missing } = installed(asked);
  if (targets.length === 0) throw new UsageError(missing.map(({ target, why }) => `${target}: ${why}`).join('; '));
  return { targets, versions, missing: missing.map(({ target, why }) => `${target} (${why})`) };
}

/** What stands in front of servers here, and what of the plans can be measured with it. */
export interface Prepared {
  readonly plans: readonly ScenarioPlan[];
  readonly openFront: OpenFront;
  readonly networks: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

/** Leaves out the cells for which something is missing here. */
export async function preparePlans(all: readonly ScenarioPlan[]): Promise<Prepared> {
  const { openFront, networks, versions, problemOf } = await frontsFor(all.flatMap(({ blocks }) => blocks.flat()));
  const missing = new Set<string>();
  const isHere = (cell: Cell): boolean => {
    const problem = problemOf(cell);
    if (problem !== '') missing.add(problem);
    return problem === '';
  };
  const plans = all.map(({ scenario, cells, blocks }) => ({
    scenario,
    cells: cells.filter(isHere),
    blocks: blocks.map((block) => block.filter(isHere)),
  }));
  return { plans, openFront, networks, versions, missing: [...missing] };
}
