// `npm start`: all servers up, and one line per mode to paste into another terminal.
import { prepare } from './prepare.mjs';
import { SERVERS, startServer } from './servers.mjs';
import { tryLines } from './try-lines.mjs';

if (process.argv.length > 2) {
  process.stderr.write('usage: npm start      (one server on a port of your choice: npm run serve -- sse --port N)\n');
  process.exit(process.argv.includes('--help') ? 0 : 2);
}
await prepare();

/** @type {import('./servers.mjs').Server[]} */
const running = [];
let stopping = false;
/** @param {number} code the exit status */
function stop(code) {
  stopping = true;
  process.exitCode = code;
  for (const { child } of running) child.kill('SIGTERM');
}
process.on('SIGINT', () => stop(0)).on('SIGTERM', () => stop(0));

try {
  // One after the other: a port in use is then named once, and what already runs is stopped again.
  for (const [name, { port }] of Object.entries(SERVERS)) {
    const server = await startServer(/** @type {import('./servers.mjs').ServerName} */ (name), [
      '--port',
      String(port),
    ]);
    running.push(server);
    process.stdout.write(`${name.padEnd(9)}  ${server.url}\n`);
    server.child.on('exit', (code) => {
      if (stopping) return;
      process.stderr.write(`server ${name} ended with status ${code}; stopping the others\n`);
      stop(1);
    });
  }
  process.stdout.write('\nTry them in another terminal; --raw shows the framing:\n\n');
  for (const [mode, line] of Object.entries(tryLines())) process.stdout.write(`# ${mode}\n${line}\n\n`);
  process.stdout.write('Ctrl-C stops all of them.\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  stop(1);
}
