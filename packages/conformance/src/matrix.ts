import { MODES, type Mode } from '@tokenwire/protocol';

import { REQUIREMENTS } from './registry.js';
import type { Requirement } from './requirement.js';
import { ABILITIES, offers, type Target } from './target.js';

/** One requirement asked of one target: a test, named by its sentence. */
export interface Cell {
  readonly requirement: Requirement;
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Why a target is not asked a requirement; undefined when it is. */
export function notAskedBecause(target: Target, { exempt, needs = [] }: Requirement): string | undefined {
  const lacking = needs.find((one) => !offers(target, one));
  return exempt?.[target.mode] ?? (lacking && ABILITIES[lacking]);
}

/** The tests of a target. Requirements that it is not asked make none; `notAskedBecause` says why. */
export function cellsOf(target: Target, requirements: readonly Requirement[] = REQUIREMENTS): readonly Cell[] {
  return requirements
    .filter((requirement) => notAskedBecause(target, requirement) === undefined)
    .map((requirement) => ({ requirement, title: requirement.title, run: () => requirement.run(target) }));
}

/** One exempted cell. */
export interface Exemption {
  readonly id: string;
  readonly mode: Mode;
  readonly reason: string;
}

/** All exempted cells, in the order of the requirements. */
export function exemptionsOf(requirements: readonly Requirement[] = REQUIREMENTS): readonly Exemption[] {
  return requirements.flatMap(({ id, exempt = {} }) =>
    MODES.flatMap((mode) => (exempt[mode] === undefined ? [] : [{ id, mode, reason: exempt[mode] }])),
  );
}

/** Requirements with exemptions as a Markdown table: which modes are not asked, and why. */
export function exemptionTable(requirements: readonly Requirement[] = REQUIREMENTS): string {
  const rows = new Map<string, Mode[]>();
  for (const { id, mode, reason } of exemptionsOf(requirements)) {
    const row = `| ${id} | % | ${reason} |`;
    rows.set(row, [...(rows.get(row) ?? []), mode]);
  }
  const lines = Array.from(rows, ([row, modes]) => row.replace('%', modes.join(', ')));
  return ['| requirement | not asked of | because |', '| --- | --- | --- |', ...lines].join('\n');
}
