import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { transportOf, type Mode } from '@tokenwire/protocol';

import type { Result } from '../../src/cli/result.js';
import type { Bug, Edit } from './bug.js';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const HUNTER = pathOf('hunter.mjs');
const PLANT = ['--import', new URL('plant.mjs', import.meta.url).href] as const;
const TIMEOUT_MS = 60_000;
/** What never comes is not waited for long. */
const HANG_TIMEOUT_MS = 5_000;

/** What a hunter process is asked to do. */
export interface Job {
  /** Planted in the servers that the job starts. */
  readonly edits: readonly Edit[];
  readonly mode: Mode;
  readonly launch: readonly string[];
  readonly upstream: true;
  /** Ids of requirements; undefined: all. */
  readonly only?: readonly string[];
  /** Longest for each requirement. */
  readonly timeoutMs: number;
}

type Answer = { readonly results: readonly Result[] } | { readonly error: string };

/** A process that works off jobs, one at a time. */
class Hunter {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** @param edits planted in the hunter itself, so in the clients that it reads with. */
  constructor(edits: readonly Edit[] = []) {
    this.#child = spawn(process.execPath, [...(edits.length > 0 ? PLANT : []), HUNTER], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PLANTED_BUG: JSON.stringify(edits) },
    });
    if (!this.#child.stdout) throw new Error('no standard output');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws {Error} when nothing could be asked, for example because the bug could not be planted. */
  async work(job: Job): Promise<readonly Result[]> {
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error('the hunter has ended; what it said is above');
    const answer = JSON.parse(value) as Answer;
    if ('error' in answer) throw new Error(`nothing could be asked: ${answer.error}`);
    return answer.results;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }
}

/** Plants bugs and asks what is left. Uses as many processes as there are hunts at the same time. */
export class Hunts {
  readonly #idle: Hunter[] = [];

  /**
   * Asks a server or a client with a bug in it, and gives what came of each requirement.
   * @param only ids to ask; undefined: all.
   * @throws {Error} when nothing could be asked, for example because the bug could not be planted.
   */
  async hunt(bug: Bug, only?: readonly string[]): Promise<readonly Result[]> {
    const job = jobOf(bug.mode, bug.kind === 'client' ? [] : bug.edits, bug.hangs ? HANG_TIMEOUT_MS : TIMEOUT_MS);
    const asked = only ? { ...job, only } : job;
    if (bug.kind !== 'client') return await this.#work(asked);
    const planted = new Hunter(bug.edits);
    try {
      return await planted.work(asked);
    } finally {
      await planted.end();
    }
  }

  /** Asks a server and clients without any bug. */
  async control(mode: Mode, only: readonly string[]): Promise<readonly Result[]> {
    return await this.#work({ ...jobOf(mode, [], TIMEOUT_MS), only });
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.map((hunter) => hunter.end()));
  }

  async #work(job: Job): Promise<readonly Result[]> {
    const hunter = this.#idle.pop() ?? new Hunter();
    try {
      return await hunter.work(job);
    } finally {
      this.#idle.push(hunter);
    }
  }
}

function jobOf(mode: Mode, edits: readonly Edit[], timeoutMs: number): Job {
  const server = pathOf(`../../../../apps/server-${transportOf[mode]}/dist/main.js`);
  // What still runs after a bug was found is not waited for.
  const options = ['--port', '0', '--next-poll-ms', '100', '--drain-ms', '100'];
  const launch = [process.execPath, ...(edits.length > 0 ? PLANT : []), server, ...options];
  return { edits, mode, launch, upstream: true, timeoutMs };
}

/** Whether a requirement failed for want of something that never came. */
export function timedOut({ error = '' }: Result): boolean {
  return /\bnot within \d+ ms\b/.test(error);
}
