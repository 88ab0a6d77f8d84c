// `npm run advise`: recommends a mode from the laboratory's figures. `npm run advise -- --help` lists the flags.
import { prepare, root, run } from './prepare.mjs';

await prepare();
process.exitCode = await run(process.execPath, [`${root}benchmarks/dist/advise.js`, ...process.argv.slice(2)]);
