import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus, platform } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { InvalidMeasurement } from '../compare/failures.js';

/** How long a process may take to listen, and to end before it is killed, in milliseconds. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

/** Processors that server and generator are tied to; null where that is not possible (no Linux, no `taskset`, one processor). */
export const PINNED: { readonly server: number; readonly generator: number } | null =
  platform() === 'linux' && cpus().length > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0
    ? { server: 0, generator: 1 }
    : null;

export interface StartOptions {
  /** As messages call it: `sse`. */
  readonly name: string;
  /** Script below the built `benchmarks/dist`, or an absolute path. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly role: 'server' | 'generator';
  /** Words before the command: `ip netns exec …`. */
  readonly prefix?: readonly string[];
}

/** A Node process with a channel for messages and the probe inside. */
export interface Process {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Aborts, with the reason, when the process ends without having been told to. */
  readonly died: AbortSignal;
  /** Ends it; settles when it is gone. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a fresh Node process, tied to its processor where that is possible. It ends with this process at the latest. */
export function startProcess({ name, script, args = [], env = {}, role, prefix = [] }: StartOptions): Process {
  const probe = pathToFileURL(pathOf('run/probe.js')).href;
  const pin = PINNED ? ['taskset', '-c', String(PINNED[role])] : [];
  const [program = '', ...rest] = [...prefix, ...pin, process.execPath, '--import', probe, pathOf(script), ...args];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, ...env },
    // Ctrl-C in a terminal goes to the whole group; who measures ends its processes itself, in order.
    detached: true,
  });
  running.add(child);
  const died = new AbortController();
  const said = lastWords(child);
  let stopping = false;
  const ended = new Promise<void>((settle) => {
    child.once('error', (error) => died.abort(new InvalidMeasurement(`${name} cannot be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      running.delete(child);
      const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
      if (!stopping) died.abort(new InvalidMeasurement(`${name} ${how} in mid-run. ${said()}`.trim()));
      settle();
    });
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(impatience);
  };
  return { child, pid: child.pid ?? 0, died: died.signal, stop };
}

/** Waits for `listening http://…`, the first line of every server. @throws {InvalidMeasurement} when it does not come. */
export async function urlOf({ child, died }: Process, name: string): Promise<string> {
  if (!child.stdout) throw new InvalidMeasurement(`${name}: no output`);
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const lines = createInterface({ input: child.stdout });
  try {
    const [line] = (await once(lines, 'line', { signal: AbortSignal.any([died, limit]) })) as [string];
    return line.replace('listening ', '');
  } catch {
    died.throwIfAborted();
    throw new InvalidMeasurement(`${name} did not listen within ${START_LIMIT_MS / 1000} s`);
  }
}

/** Path of a script below `benchmarks/dist`; absolute paths stay as they are. */
export function pathOf(script: string): string {
  return resolve(fileURLToPath(new URL('../../dist', import.meta.url)), script);
}

/** Kills what still runs, without waiting. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Keeps the end of what a process writes to standard error. It has to be read, or a full pipe would block it. */
function lastWords(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-2_000);
  });
  // The line that every server writes at its start tells nothing about its end.
  return () => tail.replace(/^\{.*"event":"boot".*\}\n?/m, '').trim();
}
