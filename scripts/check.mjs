// `npm run check`: types, lint rules (with type information) and format of everything.
import { binary, PEERS, peersInstalled, prepare, run } from './prepare.mjs';

await prepare();
/** @type {[name: string, args: string[]][]} */
const checks = [
  ['turbo', ['run', 'typecheck', '--output-logs=errors-only']],
  ['typescript', ['-p', 'tsconfig.json']],
  // Without their libraries the linter knows no type in them.
  ['oxlint', ['--deny-warnings', ...(peersInstalled() ? [] : ['--ignore-pattern', `${PEERS}/**`])]],
  ['oxfmt', ['--check', '.']],
];
let failed = false;
for (const [name, args] of checks) {
  if ((await run(process.execPath, [binary(name), ...args])) !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
