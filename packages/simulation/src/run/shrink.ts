import { live, type Life } from '../life.js';
import { partsOf, without, type Plan } from '../plan.js';
import type { Core } from '../world.js';

/** A failed life with as few parts as still break the same promise. */
export interface Smallest {
  readonly life: Life;
  /** Ids of the parts left out, for `without`. */
  readonly dropped: readonly string[];
}

/** Leaves out part after part for as long as the same promise is broken first. */
export async function shrink(failed: Life, core: Core): Promise<Smallest> {
  const rule = failed.violations[0]?.rule;
  const dropped = new Set<string>();
  const shrunk = (): Plan => without(failed.plan, dropped);
  for (let before = -1; before !== dropped.size;) {
    before = dropped.size;
    for (const part of partsOf(shrunk())) {
      if (dropped.has(part)) continue;
      dropped.add(part);
      const { violations } = await live(shrunk(), core);
      if (violations[0]?.rule !== rule) dropped.delete(part);
    }
  }
  return { life: await live(shrunk(), core), dropped: [...dropped] };
}
