// `npm run conformance -- <url> --mode sse`: asks a server whether it keeps the protocol. `--help` lists the options.
import { prepare, root, run } from './prepare.mjs';

await prepare();
// Ctrl-C reaches the command by itself, as part of the terminal's group; this process waits for its report.
process.on('SIGINT', () => {});
const bin = `${root}packages/conformance/bin/tokenwire-conformance.js`;
process.exitCode = await run(process.execPath, [bin, ...process.argv.slice(2)]);
