// `npm run test:lives`: explores the core in virtual time. `npm run test:lives -- --help` lists the options.
import { prepare, root, run } from './prepare.mjs';

await prepare();
// Ctrl-C reaches the program too, which then says how far it came; this process waits for that.
process.on('SIGINT', () => {});
process.exitCode = await run(process.execPath, [
  `${root}packages/simulation/dist/run/main.js`,
  ...process.argv.slice(2),
]);
