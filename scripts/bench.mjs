// `npm run bench`: the benchmark laboratory. `npm run bench -- --help` lists the options.
import { prepare, root, run } from './prepare.mjs';

await prepare();
process.exitCode = await run(process.execPath, [`${root}benchmarks/dist/bench.js`, ...process.argv.slice(2)]);
