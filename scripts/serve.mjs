// `npm run serve -- <chunked|sse|websocket|polling|all> [--port N] [options]`: one server in the foreground.
import { spawn } from 'node:child_process';

import { prepare } from './prepare.mjs';
import { mainOf, SERVERS } from './servers.mjs';

const [name = '', ...options] = process.argv.slice(2);
if (!Object.hasOwn(SERVERS, name)) {
  process.stderr.write(`usage: npm run serve -- <${Object.keys(SERVERS).join('|')}> [--port N] [--help]\n`);
  process.exit(name === '--help' ? 0 : 2);
}
await prepare();
const child = spawn(process.execPath, [mainOf(/** @type {import('./servers.mjs').ServerName} */ (name)), ...options], {
  stdio: 'inherit',
});
// Ctrl-C reaches the server by itself, as part of the terminal's group; this process waits for it to end.
process.on('SIGINT', () => {}).on('SIGTERM', () => child.kill('SIGTERM'));
child.on('close', (code) => (process.exitCode = code ?? 1));
