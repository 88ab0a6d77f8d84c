import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Transport } from '@tokenwire/protocol';

import { InvalidMeasurement } from './failures.js';

/** A server process that listens. */
export interface RunningServer {
  /** Base URL, on a port of its own. */
  readonly url: string;
  readonly pid: number;
  /** Aborts, with the reason, when the process ends without having been told to. */
  readonly died: AbortSignal;
  /** Ends the process; settles when it is gone. */
  stop(): Promise<void>;
}

/** How long a server may take to listen, and to end before it is killed, in milliseconds. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 2_000;

/** Any free port; timetables can be asked for; running answers are cancelled at once when the server is told to end. */
const ARGS = ['--port', '0', '--timing', '--drain-ms', '0', '--max-running', '1000'];

/** The server processes of this program, and only these. */
export class Servers {
  readonly #children = new Set<ChildProcess>();

  /**
   * Starts a built server.
   * @throws {InvalidMeasurement} when it does not come to listen.
   */
  async start(transport: Transport): Promise<RunningServer> {
    const script = fileURLToPath(new URL(`../../../apps/server-${transport}/dist/main.js`, import.meta.url));
    const child = spawn(process.execPath, [script, ...ARGS], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    const died = new AbortController();
    let stopping = false;
    const said = lastWords(child);
    const ended = new Promise<void>((resolve) => {
      child.once('close', (code, signal) => {
        this.#children.delete(child);
        const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
        if (!stopping) died.abort(new InvalidMeasurement(`server-${transport} ${how} in mid-run. ${said()}`.trim()));
        resolve();
      });
    });
    const url = await listening(child, died.signal, transport);
    const stop = async () => {
      stopping = true;
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(impatience);
    };
    return { url, pid: child.pid ?? 0, died: died.signal, stop };
  }

  /** Kills what still runs, without waiting: for the end of this process, whatever ended it. */
  killAll(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

function listening(child: ChildProcess, died: AbortSignal, transport: Transport): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      clearTimeout(limit);
      reject(error);
    };
    const limit = setTimeout(() => {
      fail(new InvalidMeasurement(`server-${transport} did not listen within ${START_LIMIT_MS / 1000} s.`));
    }, START_LIMIT_MS);
    died.addEventListener('abort', () => fail(died.reason), { once: true });
    child.once('error', (error) => {
      fail(new InvalidMeasurement(`server-${transport} cannot be started: ${error.message}`));
    });
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(limit);
      resolve(line.replace('listening ', ''));
    });
  });
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
