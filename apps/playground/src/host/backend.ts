import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Destination } from './destination.js';

/** The built script, from `src/host` as from `dist/host`. */
const SCRIPT = fileURLToPath(new URL('../../dist/backend/main.js', import.meta.url));

/**
 * Settings for a demonstration: a sign of life every 2 s, so that a page notices silence soon; a minute for answers that
 * run when the server is to end; and room for many panes, which all come from one address.
 */
const ARGS: readonly string[] = [
  ...['--heartbeat-ms', '2000', '--drain-ms', '60000', '--timing'],
  ...['--streams-per-second', '500', '--streams-burst', '1000'],
];

/** How long a server that was told to end at once may take. */
const END_LIMIT_MS = 1_000;

/** A server of answers, in a process of its own that ends with this one. */
export class Backend implements Destination {
  readonly port: number;
  readonly url: string;
  /** What the ids of its answers begin with. */
  readonly mark: string;
  /** Settles when the process has ended. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, mark: string, exited: Promise<void>) {
    this.#child = child;
    this.url = url;
    this.port = Number(new URL(url).port);
    this.mark = mark;
    this.exited = exited;
  }

  /**
   * Starts one on a free port. Models come from the environment, as for every server.
   * @param args options of the combined server that win over the playground's own.
   * @throws {Error} with what it wrote to standard error, when it ends instead of listening.
   */
  static async start(args: readonly string[] = []): Promise<Backend> {
    const child = spawn(process.execPath, [SCRIPT, '--port', '0', ...ARGS, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const complaints = lastWordsOf(child);
    // Not `close`: Node never emits it after a disconnect from this side.
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const ended = exited.then((): never => {
      throw new Error(`the server of answers did not start: ${complaints().trim()}`);
    });
    const [[{ mark }], line] = await Promise.race([
      Promise.all([once(child, 'message') as Promise<[{ readonly mark: string }]>, firstLineOf(child)]),
      ended,
    ]);
    ended.catch(() => {});
    return new Backend(child, line.replace('listening ', ''), mark, exited);
  }

  /** Of its process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** It refuses new answers from now on; those that it has go on and can be read. */
  refuseNew(): void {
    if (this.#child.connected) this.#child.send('refuse');
  }

  /** It finishes its answers and ends, as on every SIGTERM. */
  drain(): void {
    this.#child.kill('SIGTERM');
  }

  /** It ends now, whatever it is doing. */
  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), END_LIMIT_MS);
    await this.exited;
    clearTimeout(late);
  }
}

async function firstLineOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no standard output');
  const lines = createInterface({ input: stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

/** Reads standard error always, because a full pipe would stop the process; keeps the end of it. */
function lastWordsOf(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2_000);
  });
  return () => words;
}
