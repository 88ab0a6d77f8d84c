import type { Fault, FaultOptions, Target } from './fault.js';
import { observerOf } from './pane-observer.js';
import type { Asker } from './standing.js';
import { counted, listed } from './words.js';

/** A pane that can be aimed at. */
export type Aimed = Target & { readonly title: string };

/** Whom a fault would hit now. */
export interface Aim {
  readonly hit: readonly Aimed[];
  /** Why it would hit nobody, as a sentence. */
  readonly obstacle: string | undefined;
}

/** Whether a fault can have an effect on any of these panes. `connected`: whether the host can be reached. */
export function aim(fault: Fault, panes: readonly Aimed[], options: FaultOptions, connected: boolean): Aim {
  if (!connected && fault.local !== true) {
    return { hit: [], obstacle: 'The playground’s server cannot be reached.' };
  }
  const obstacles = panes.map((pane) => fault.obstacle(pane, options));
  const hit = panes.filter((_, index) => obstacles[index] === undefined);
  const [first = 'There is no pane.'] = obstacles;
  return { hit, obstacle: hit.length > 0 ? undefined : first };
}

/**
 * Does it to the panes that it can hit, and tells so in each of them.
 * @returns what was done, as a sentence.
 * @throws {Error} that says where it could not be done, and why; elsewhere it is done.
 */
export async function strike(
  fault: Fault,
  hit: readonly Aimed[],
  control: Asker,
  options: FaultOptions,
): Promise<string> {
  for (const { record } of hit) observerOf(record)?.did(`${fault.title}.`);
  const struck = fault.perPane ? hit : hit.slice(0, 1);
  const results = await Promise.allSettled(struck.map((pane) => fault.apply(pane, control, options)));
  const failures = results.flatMap((result, index) => {
    if (result.status === 'fulfilled') return [];
    const { message } = result.reason as Error;
    const pane = struck[index];
    for (const { record } of fault.perPane && pane ? [pane] : hit) {
      record.note('you', `${fault.title} was not done: ${message}`);
    }
    return fault.perPane && pane ? `${pane.title}: ${message}` : message;
  });
  if (failures.length > 0) throw new Error(`${fault.title} was not done. ${failures.join(' ')}`);
  return `${fault.title}: done to ${hit.length > 3 ? counted(hit.length, 'pane') : listed(hit.map(({ title }) => title))}.`;
}
