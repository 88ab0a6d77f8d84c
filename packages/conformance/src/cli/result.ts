import type { Mode } from '@tokenwire/protocol';

import { GROUPS } from '../registry.js';
import type { Requirement, Source } from '../requirement.js';

/** What came of asking one requirement of one mode. */
export interface Result {
  readonly id: string;
  readonly title: string;
  readonly source: Source;
  readonly group: string;
  readonly mode: Mode;
  readonly status: 'passed' | 'failed' | 'not-asked';
  /** Why it was not asked. */
  readonly reason?: string;
  /** What was seen instead of what is required. */
  readonly error?: string;
  /** 0 when it was not asked. */
  readonly durationMs: number;
}

/** How many of each. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly notAsked: number;
}

export function totalsOf(results: readonly Result[]): Totals {
  const count = (wanted: Result['status']): number => results.filter(({ status }) => status === wanted).length;
  return { passed: count('passed'), failed: count('failed'), notAsked: count('not-asked') };
}

const groups = new Map(Object.entries(GROUPS).flatMap(([group, all]) => all.map(({ id }) => [id, group] as const)));

/** The subject of a requirement. */
export function groupOf({ id }: Pick<Requirement, 'id'>): string {
  return groups.get(id) ?? 'Others';
}
