// `npm run fault-proxy -- <url> [options]`: a TCP proxy that breaks connections. `--help` lists the options.
import { spawn } from 'node:child_process';

import { prepare, root } from './prepare.mjs';

await prepare();
const main = `${root}packages/conformance/dist/fault-proxy/main.js`;
const child = spawn(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the proxy by itself, as part of the terminal's group; this process waits for it to end.
process.on('SIGINT', () => {}).on('SIGTERM', () => child.kill('SIGTERM'));
child.on('close', (code) => (process.exitCode = code ?? 1));
