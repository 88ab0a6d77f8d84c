// `npm start`: the playground and the four servers up, and one line per mode to paste into another terminal.
import { readFileSync } from 'node:fs';

import { prepare } from './prepare.mjs';
import { SERVERS, startServer } from './servers.mjs';
import { tryLines } from './try-lines.mjs';

if (process.argv.length > 2) {
  process.stderr.write('usage: npm start      (one server on a port of your choice: npm run serve -- sse --port N)\n');
  process.exit(process.argv.includes('--help') ? 0 : 2);
}
await prepare();

/** What runs here: the combined server is behind the playground. */
const STARTED = /** @type {const} */ (['playground', 'chunked', 'sse', 'websocket', 'polling']);
/** Running answers are not waited for: asked once more after so long, a server ends at once. */
const PATIENCE_MS = 1_000;

/** @type {import('./servers.mjs').Server[]} */
const running = [];
let stopping = false;
/** @param {number} code the exit status */
function stop(code) {
  const signal = () => running.forEach(({ child }) => child.kill('SIGTERM'));
  signal();
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  setTimeout(signal, PATIENCE_MS).unref();
}
process.on('SIGINT', () => stop(0)).on('SIGTERM', () => stop(0));
// npm starts this through a shell, and whoever kills npm reaches neither.
if (process.env['npm_lifecycle_event'] !== undefined) endWithParents();

try {
  // One after the other: a port in use is then named once, and what already runs is stopped again.
  for (const name of STARTED) {
    if (stopping) break;
    const server = await startServer(name, ['--port', String(SERVERS[name].port)]);
    running.push(server);
    process.stdout.write(`${titleOf(name).padEnd(10)}  ${server.url.replace('127.0.0.1', 'localhost')}\n`);
    server.child.on('exit', (code) => {
      if (stopping) return;
      process.stderr.write(`server ${name} ended with status ${code}; stopping the others\n`);
      stop(1);
    });
  }
  if (stopping) stop(0);
  else introduce();
} catch (error) {
  // Ctrl-C reaches a server that is just starting, too.
  if (!stopping) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  stop(stopping ? 0 : 1);
}

function introduce() {
  process.stdout.write('\nTry them in another terminal; --raw shows the framing:\n\n');
  for (const [mode, line] of Object.entries(tryLines())) process.stdout.write(`# ${mode}\n${line}\n\n`);
  process.stdout.write('Ctrl-C stops all of them.\n');
}

/** @param {string} name */
function titleOf(name) {
  return name === 'playground' ? 'Playground' : name;
}

function endWithParents() {
  const before = parents();
  setInterval(() => parents() !== before && stop(0), PATIENCE_MS).unref();
}

/** The shell, and on Linux also npm, by their numbers: an orphan gets another parent. */
function parents() {
  try {
    const [, npm] = /\) \S (\d+) /.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return `${process.ppid} ${npm}`;
  } catch {
    return `${process.ppid}`;
  }
}
