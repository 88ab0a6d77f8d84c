// The servers that can be started by name, and how to start one.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { root } from './prepare.mjs';

/** @typedef {'playground' | 'all' | 'chunked' | 'sse' | 'websocket' | 'polling'} ServerName */

/** @typedef {{ child: import('node:child_process').ChildProcess, url: string }} Server */

/**
 * Name → folder of the app, default port, and script, if it is not `main.js`.
 * @type {Record<ServerName, { app: string, port: number, script?: string }>}
 */
export const SERVERS = {
  playground: { app: 'playground', port: 4000, script: 'host/main.js' },
  all: { app: 'playground', port: 4000 },
  chunked: { app: 'server-chunked', port: 4001 },
  sse: { app: 'server-sse', port: 4002 },
  websocket: { app: 'server-websocket', port: 4003 },
  polling: { app: 'server-polling', port: 4004 },
};

/**
 * Script of the built server.
 * @param {ServerName} name
 */
export function mainOf(name) {
  const { app, script = 'main.js' } = SERVERS[name];
  return `${root}apps/${app}/dist/${script}`;
}

/** Loaded into a server that is to end with whoever started it. */
const TIED = new URL('tied.mjs', import.meta.url).href;

/**
 * Starts a built server, which ends with this process however that ends.
 * @param {ServerName} name
 * @param {string[]} args its options
 * @returns {Promise<Server>} when it listens; rejects, with what it said, when it ends instead
 */
export function startServer(name, args) {
  const child = spawn(process.execPath, ['--import', TIED, mainOf(name), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  /** @type {Buffer[]} */
  const errors = [];
  child.stderr?.on('data', (chunk) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) });
    lines.once('line', (line) => resolve({ child, url: line.replace('listening ', '') }));
    child.once('exit', (code) => {
      reject(new Error(`server ${name} ended with status ${code}: ${Buffer.concat(errors).toString().trim()}`));
    });
  });
}
