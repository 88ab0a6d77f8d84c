import { UsageError } from '../compare/failures.js';
import { DIRECT, isKnownDelay, knownDelay, type OpenFront } from '../run/front.js';
import type { ScenarioPlan } from '../run/plan.js';
import type { Cell } from '../scenarios/scenario.js';
import { CONTROLS } from '../targets/controls.js';
import { installed } from '../targets/installed.js';
import { OURS } from '../targets/ours.js';
import { PEERS } from '../targets/peers.js';
import type { Target } from '../targets/target.js';
import type { BenchOptions } from './options.js';

/** What can be measured here. */
export interface Equipment {
  readonly targets: readonly Target[];
  /** Versions of what is measured beside our own code. */
  readonly versions: Readonly<Record<string, string>>;
  /** How each network profile is made on this machine. */
  readonly networks: Readonly<Record<string, string>>;
  /** What is left out, and how to get it. Grows while plans are looked at. */
  readonly missing: Set<string>;
  readonly openFront: OpenFront;
}

/**
 * Looks what is there.
 * @throws {UsageError} when targets were named that do not exist.
 */
export async function equipmentOf({ targets: wanted, peers }: BenchOptions): Promise<Equipment> {
  const all = [...OURS, ...CONTROLS, ...(peers ? PEERS : [])];
  const unknown = wanted.find((name) => !all.some((target) => target.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`unknown target "${unknown}"; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  const chosen = all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const { targets, versions, missing } = installed(chosen);
  return {
    targets,
    versions,
    networks: {},
    missing: new Set(missing.map(({ target, why }) => `${target} (${why})`)),
    openFront,
  };
}

/** A plan without the cells for which something is missing here. */
export function cellsThatCanRun(plan: ScenarioPlan, _equipment: Equipment): ScenarioPlan {
  return plan;
}

async function openFront({ network = 'loopback' }: Cell): Promise<Awaited<ReturnType<OpenFront>>> {
  return isKnownDelay(network) ? knownDelay(network) : DIRECT;
}
