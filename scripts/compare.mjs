// `npm run compare`: the same answer over all modes, as a table. `npm run compare -- --help` lists the options.
import { prepare, root, run } from './prepare.mjs';

await prepare();
process.exitCode = await run(process.execPath, [`${root}benchmarks/dist/compare.js`, ...process.argv.slice(2)]);
