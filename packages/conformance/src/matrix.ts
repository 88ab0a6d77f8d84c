import { MODES, type Mode } from '@tokenwire/protocol';

import { REQUIREMENTS } from './registry.js';
import type { Requirement } from './requirement.js';
import { offers, type Target } from './target.js';

/** One requirement asked of one target: a test, named by its sentence. */
export interface Cell {
  readonly requirement: Requirement;
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** The tests of a target. Exempted requirements make none; `exemptionTable` lists them. */
export function cellsOf(target: Target, requirements: readonly Requirement[] = REQUIREMENTS): readonly Cell[] {
  return requirements
    .filter(
      ({ exempt, needs = [] }) => exempt?.[target.mode] === undefined && needs.every((one) => offers(target, one)),
    )
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
