// `npm run doctor -- <url>`: tells what happens to a stream on its way, and which line repairs it. `--help` lists the options.
import { prepare, root, run } from './prepare.mjs';

await prepare();
// Ctrl-C reaches the command by itself, as part of the terminal's group; this process waits for its report.
process.on('SIGINT', () => {});
const bin = `${root}packages/doctor/bin/tokenwire-doctor.js`;
process.exitCode = await run(process.execPath, [bin, ...process.argv.slice(2)]);
