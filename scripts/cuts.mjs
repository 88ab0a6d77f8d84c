// `npm run test:cuts`: an answer of hostile content, cut at every byte, on every transport. `--help` lists the options.
import { spawn } from 'node:child_process';

import { prepare, root } from './prepare.mjs';
import { mainOf } from './servers.mjs';

await prepare();
const main = `${root}packages/conformance/dist/cuts/main.js`;
const child = spawn(process.execPath, [main, mainOf('all'), ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the command by itself, as part of the terminal's group; this process waits for its summary.
process.on('SIGINT', () => {}).on('SIGTERM', () => child.kill('SIGTERM'));
child.on('close', (code) => (process.exitCode = code ?? 1));
