import { GROUPS } from '../registry.js';
import type { Exemptions, Requirement } from '../requirement.js';
import { ABILITIES, type Ability } from '../target.js';
import { groupOf } from './result.js';

/** How a command line offers what a requirement needs. */
export const HOW_TO_OFFER: Readonly<Record<Ability, string>> = {
  launch: "give --launch '<command that starts your server>'",
  upstream: "give --launch '<command that starts your server>' and --upstream, and no <url>",
  combined: 'give --mode all, if your server carries all modes',
};

/** Everything about one requirement. */
export function explain(requirement: Requirement): string {
  const { id, title, why, source, needs = [], exempt = {} } = requirement;
  const lines = [
    title,
    '',
    `id        ${id}`,
    `subject   ${groupOf(requirement)}`,
    `why       ${why}`,
    `source    ${source}`,
    ...needs.map((need) => `needs     ${ABILITIES[need].replace(/^needs /, '')}: ${HOW_TO_OFFER[need]}`),
    ...byReason(exempt).map(([reason, modes]) => `not for   ${modes.join(', ')}: ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function byReason(exempt: Exemptions): readonly (readonly [reason: string, modes: readonly string[]])[] {
  const reasons = new Map<string, string[]>();
  for (const [mode, reason] of Object.entries(exempt)) reasons.set(reason, [...(reasons.get(reason) ?? []), mode]);
  return [...reasons];
}

/** All requirements by subject: id and sentence. */
export function list(): string {
  const groups = Object.entries(GROUPS).map(([group, requirements]) =>
    [group, ...requirements.map(({ id, title }) => `  ${id}\n      ${title}`)].join('\n'),
  );
  return `${groups.join('\n\n')}\n`;
}
