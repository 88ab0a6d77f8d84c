// What every command of this repository does first, so that a fresh clone needs none before it:
// check Node, install dependencies if they are missing or old, build what changed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Root folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a program in the repository's root and waits for it.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit status
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    // npm is a .cmd file on Windows, which only a shell can start; no argument here comes from outside.
    const shell = process.platform === 'win32' && !program.endsWith('.exe');
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', shell, ...options });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

/**
 * Runs a program that writes a lot; what it wrote is shown only if it fails.
 * @param {string} title
 * @param {string} program
 * @param {string[]} args
 */
async function quietly(title, program, args) {
  const started = Date.now();
  process.stderr.write(`${title} …`);
  /** @type {Buffer[]} */
  const output = [];
  const code = await new Promise((resolve, reject) => {
    const shell = process.platform === 'win32';
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', resolve);
  });
  process.stderr.write(code === 0 ? ` done (${((Date.now() - started) / 1000).toFixed(1)} s)\n` : ' failed\n');
  if (code === 0) return;
  process.stderr.write(Buffer.concat(output));
  process.exit(code ?? 1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`tokenwire needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

function installed(folder = root) {
  const marker = `${folder}node_modules/.package-lock.json`;
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(`${folder}package-lock.json`).mtimeMs;
}

/** Installs dependencies unless they are there. */
export async function install() {
  checkNode();
  if (!installed()) await quietly('installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund']);
}

/** Installs dependencies and builds all packages; what has not changed is taken from the cache. */
export async function prepare() {
  await install();
  await quietly('building', process.execPath, [binary('turbo'), 'run', 'build', '--output-logs=errors-only']);
  // Whoever has asked for them once keeps them up to date.
  if (peersInstalled()) await updatePeers();
}

/** Libraries that the benchmarks measure beside our own code: no workspace, so that nobody installs them who does not ask. */
export const PEERS = 'benchmarks/peers';

/** Whether those libraries were installed. */
export function peersInstalled() {
  return existsSync(`${root}${PEERS}/node_modules`);
}

/** Installs and builds what the benchmarks need to measure other libraries. */
export async function preparePeers() {
  const known = peersInstalled();
  await prepare();
  if (!known) await updatePeers();
}

async function updatePeers() {
  if (!installed(`${root}${PEERS}/`)) {
    await quietly('installing peers', 'npm', ['ci', '--prefix', PEERS, '--no-audit', '--no-fund']);
  }
  await quietly('building peers', process.execPath, [binary('typescript'), '-p', PEERS]);
}

/**
 * Path of the script behind an installed command, so that it runs on this Node and without a shell.
 * @param {string} name the package; its command has the same name, or is the only or first one
 */
export function binary(name) {
  const folder = `${root}node_modules/${name}/`;
  const { bin } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
  return folder + (typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0]));
}
