// `npm run record -- --prompt … --name …`: records an answer for `replay/<name>`. `--help` lists the options.
import { prepare, root, run } from './prepare.mjs';

await prepare();
const bin = `${root}packages/token-source/dist/bin/record.js`;
process.exitCode = await run(process.execPath, [bin, ...process.argv.slice(2)]);
