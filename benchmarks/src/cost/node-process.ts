import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Whether processes can be tied to a processor here: Linux with `taskset` and two processors. */
export const canPin =
  platform() === 'linux' && cpus().length > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface StartOptions {
  /** Script, relative to the built `benchmarks/dist`. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** Beside this process's own variables. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Processor to run on, where that is possible. Undefined: any. */
  readonly processor: number | undefined;
}

/** Starts Node with a channel for messages. It is killed when this process ends, at the latest. */
export function startNode({ script, args = [], nodeArgs = [], env, processor }: StartOptions): ChildProcess {
  const command = [process.execPath, ...nodeArgs, pathOf(script), ...args];
  const [program = '', ...rest] =
    canPin && processor !== undefined ? ['taskset', '-c', String(processor), ...command] : command;
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'ignore', 'ipc'], env: { ...process.env, ...env } });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Path of a script below `benchmarks/dist`. */
export function pathOf(script: string): string {
  return fileURLToPath(new URL(`../${script}`, import.meta.url));
}

/** Tells a process to end, and waits until it has. */
export async function stopNode(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(impatience);
}
