// `npm run check`: types, lint rules (with type information) and format of everything.
import { binary, prepare, run } from './prepare.mjs';

await prepare();
/** @type {[name: string, args: string[]][]} */
const checks = [
  ['turbo', ['run', 'typecheck', '--output-logs=errors-only']],
  ['typescript', ['-p', 'tsconfig.json']],
  ['oxlint', ['--deny-warnings']],
  ['oxfmt', ['--check', '.']],
];
let failed = false;
for (const [name, args] of checks) {
  if ((await run(process.execPath, [binary(name), ...args])) !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
