import { fileURLToPath } from 'node:url';

import type { Bug } from './bug.js';

/** The page that `npm run test:bugs` writes. */
export const PAGE = fileURLToPath(new URL('../../../../docs/planted-bugs.md', import.meta.url));

const INTRODUCTION = `# Planted bugs

A suite that nothing fails proves nothing. So the [conformance kit](conformance.md) is tested itself: each of the bugs below is planted, alone, into a built server, log, token source or client, and the requirements in
the last column must fail. Without a bug they pass.

\`npm test\` plants one bug for each requirement that stands first in a row. \`npm run test:bugs\` plants all of them, asks all that is named, and writes this page; \`npm run test:bugs -- <bug> …\` plants some, and with \`--whole\`
asks the whole kit and prints everything that fails.

A bug is data in [\`packages/conformance/test/bugs/\`](../packages/conformance/test/bugs/bugs.ts): a place in a built file, what stands there, and what is put there instead. If the place is gone, a test says so. A bug that nothing
finds is a missing requirement.
`;

/** The page. */
export function pageOf(bugs: readonly Bug[]): string {
  const rows = bugs.map(
    ({ id, title, kind, mode, caughtBy }) => `| ${[id, title, kind, mode, caughtBy.join(', ')].join(' | ')} |`,
  );
  const head = ['| bug | a broken part that … | part | mode | found by |', '| --- | --- | --- | --- | --- |'];
  return `${INTRODUCTION}\n${bugs.length} bugs:\n\n${[...head, ...rows].join('\n')}\n`;
}
