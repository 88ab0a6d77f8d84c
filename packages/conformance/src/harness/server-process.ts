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
  const child = spawn(process.execPath, [main, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutModels(process.env), ...env },
  });
  const complaints: string[] = [];
  // Read always: a full pipe would stop the server.
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const ended = exited.then((code): never => {
    throw new Error(`${main} ended with status ${code}: ${complaints.join('').slice(-2_000)}`);
  });
  const line = await within(BOOT_LIMIT_MS, `${main} listens`, Promise.race([firstLine(child), ended]));
  ended.catch(() => {});
  if (!/^listening http:\/\/\S+$/.test(line)) throw new Error(`the first line was not "listening URL" but: ${line}`);
  return { url: line.slice('listening '.length), exited, ...control(child, exited) };
}

function control(child: ChildProcess, exited: Promise<number | null>): Pick<RunningServer, 'stop' | 'terminate'> {
  const terminate = (): void => void child.kill('SIGTERM');
  return {
    terminate,
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
