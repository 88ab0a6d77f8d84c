// `npm run test:bugs [-- [--whole] <bug> …]`: plants bugs in built servers and clients, and asks the conformance kit to
// find them; with `--whole` all of it and not only what is named for the bug.
import { binary, prepare, root, run } from './prepare.mjs';

await prepare();
const options = process.argv.slice(2);
const bugs = options.filter((option) => option !== '--whole').join(',');
const whole = options.includes('--whole') ? 'yes' : '';
process.exitCode = await run(process.execPath, [binary('vitest'), 'run', '--config', 'vitest.bugs.config.ts'], {
  cwd: `${root}packages/conformance`,
  env: { ...process.env, TOKENWIRE_BUGS: bugs, TOKENWIRE_WHOLE_KIT: whole },
});
