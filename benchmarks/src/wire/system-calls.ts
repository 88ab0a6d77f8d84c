import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a process asked of its kernel. */
export interface SystemCalls {
  /** `strace` knows all calls; `/proc` only reads and writes. */
  readonly by: 'strace' | '/proc';
  /** Name → count. By `/proc`: `read` and `write`, each with all their variants. */
  readonly calls: Readonly<Record<string, number>>;
}

/** All ways to write. */
const WRITES = new Set(['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'send', 'sendto', 'sendmsg', 'sendmmsg']);

/** How long `strace` may take to attach and to detach, in milliseconds. */
const ATTACH_LIMIT_MS = 5_000;

/** Writes among system calls. */
export function writesIn({ calls }: SystemCalls): number {
  return Object.entries(calls).reduce((total, [name, count]) => total + (WRITES.has(name) ? count : 0), 0);
}

/** All system calls; null where only some are known. */
export function totalIn({ by, calls }: SystemCalls): number | null {
  return by === 'strace' ? Object.values(calls).reduce((total, count) => total + count, 0) : null;
}

/**
 * Counts the system calls of a process, all its threads included, while something is done. With `strace` where it is
 * installed and may attach; it slows the process down, so nothing may be timed meanwhile. Otherwise with
 * `/proc/<pid>/io`.
 * @returns null where neither is there.
 */
export async function countSystemCalls(pid: number, during: () => Promise<void>): Promise<SystemCalls | null> {
  const strace = await Strace.attach(pid);
  if (strace) {
    try {
      await during();
    } finally {
      await strace.detach();
    }
    const calls = strace.result();
    return calls ? { by: 'strace', calls } : null;
  }
  const before = ioOf(pid);
  await during();
  const after = ioOf(pid);
  if (!before || !after) return null;
  return { by: '/proc', calls: { read: after.reads - before.reads, write: after.writes - before.writes } };
}

/** `strace -c` on a process that runs already. */
class Strace {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tokenwire-strace-'));
  readonly #file = join(this.#folder, 'summary');
  readonly #child;
  readonly #ended: Promise<unknown>;

  private constructor(pid: number) {
    const options = ['-f', '-c', '-o', this.#file, '-p', String(pid)];
    this.#child = spawn('strace', options, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve).once('error', resolve));
  }

  /** Undefined where it is not installed or not allowed. */
  static async attach(pid: number): Promise<Strace | undefined> {
    const strace = new Strace(pid);
    if (await strace.#attached()) return strace;
    await strace.detach();
    strace.#remove();
    return undefined;
  }

  async detach(): Promise<void> {
    this.#child.kill('SIGINT');
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), ATTACH_LIMIT_MS);
    await this.#ended;
    clearTimeout(impatience);
  }

  /** Undefined when it left no summary. */
  result(): Readonly<Record<string, number>> | undefined {
    try {
      return parseSummary(readFileSync(this.#file, 'utf8'));
    } catch {
      return undefined;
    } finally {
      this.#remove();
    }
  }

  /** It says `Process N attached` when it counts, and ends when it may not. */
  async #attached(): Promise<boolean> {
    const said = once(this.#child.stderr, 'data', { signal: AbortSignal.timeout(ATTACH_LIMIT_MS) }).then(
      ([words]) => String(words).includes('attached'),
      () => false,
    );
    return Promise.race([said, this.#ended.then(() => false)]);
  }

  #remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Reads the table of `strace -c`: share, seconds, µs a call, calls, errors or nothing, name. */
export function parseSummary(table: string): Readonly<Record<string, number>> {
  const rows = [...table.matchAll(/^ *[\d.]+ +[\d.]+ +\d+ +(\d+)(?: +\d+)? +(\w+)$/gm)];
  const calls = rows.flatMap(([, count, name = '']): [string, number][] =>
    name === 'total' ? [] : [[name, Number(count)]],
  );
  return Object.fromEntries(calls);
}

/** Reads and writes of a process so far (proc(5)); undefined where the system does not tell. */
function ioOf(pid: number): { readonly reads: number; readonly writes: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/io`, 'utf8');
    const of = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
    return { reads: of('syscr'), writes: of('syscw') };
  } catch {
    return undefined;
  }
}
