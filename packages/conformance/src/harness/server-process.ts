import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { within } from './eventually.js';

/** Loading a server's code takes seconds on a machine that runs everything else at the same time. */
const BOOT_LIMIT_MS = 30_000;

/** A server in a process of its own. */
export interface RunningServer {
  readonly url: string;
  /** Asks it to end, and gives its exit status; null when it had to be killed. */
  stop(limitMs?: number): Promise<number | null>;
  /** Asks it to end. */
  terminate(): void;
  /** Ends it at once, without asking (SIGKILL), and waits until it is gone. */
  kill(): Promise<void>;
  /** What it has written to standard error so far. */
  log(): string;
  /** Its exit status, once it has ended; null after a signal. */
  readonly exited: Promise<number | null>;
}

export interface ServerOptions {
  /** Options beside `--port`. */
  readonly args?: readonly string[];
  /** Added to this process's own environment, from which models that cost money are taken out. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a server on a free port.
 * @param main its script, which prints `listening http://HOST:PORT` as its first line.
 * @throws {Error} with what it wrote to standard error, when it ends instead.
 */
export async function startServer(main: string, { args = [], env = {} }: ServerOptions = {}): Promise<RunningServer> {
  return await startProgram([process.execPath, main, '--port', '0'], { args, env });
}

/**
 * Starts a server by a command: the program and its arguments; the options' arguments are appended.
 * @throws {Error} with what it wrote to standard error, when it ends or says something else than `listening URL`.
 */
export async function startProgram(
  [program = '', ...ownArgs]: readonly string[],
  { args = [], env = {} }: ServerOptions = {},
): Promise<RunningServer> {
  const name = [program, ...ownArgs].join(' ');
  const child = spawn(program, [...ownArgs, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutModels(process.env), ...env },
  });
  const complaints: string[] = [];
  // Read always: a full pipe would stop the server.
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const exited = exitOf(child);
  const ended = exited.then((code): never => {
    throw new Error(`${name} ended with status ${code}: ${complaints.join('').slice(-2_000)}`);
  });
  ended.catch(() => {});
  const { stop, ...others } = control(child, exited);
  const log = (): string => complaints.join('');
  try {
    const line = await within(BOOT_LIMIT_MS, `${name} listens`, Promise.race([firstLine(child), ended]));
    if (!/^listening http:\/\/\S+$/.test(line))
      throw new Error(`the first line of ${name} was not "listening URL" but: ${line}`);
    return { url: line.slice('listening '.length), exited, log, stop, ...others };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The exit status, null after a signal. @throws {Error} when the program could not be started at all. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

function control(
  child: ChildProcess,
  exited: Promise<number | null>,
): Pick<RunningServer, 'stop' | 'terminate' | 'kill'> {
  const terminate = (): void => void child.kill('SIGTERM');
  return {
    terminate,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop(limitMs = 15_000) {
      terminate();
      try {
        return await within(limitMs, 'the server ends after SIGTERM', exited);
      } catch {
        child.kill('SIGKILL');
        return null;
      }
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

/** A developer's own keys and settings must not change what is tested. */
function withoutModels(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(TOKENWIRE_|OPENAI_|PORT$)/.test(name)));
}
