import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

import { InvalidMeasurement } from '../compare/failures.js';

/** How long a program may take to be ready, and to end before it is killed, in milliseconds. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

/**
 * Runs a command, and ends it when standard input ends: the pipe to this process, which breaks with it, however it ends.
 * What is asked in vain is killed.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
{ read -r _ <&3; kill -TERM $program; sleep ${STOP_LIMIT_MS / 1000}; kill -KILL $program; } >/dev/null 2>&1 & guard=$!
# What a shell has to say about the end of a program must not end it, when nobody listens any more.
trap '' PIPE
wait $program; status=$?
kill $guard 2>/dev/null
eval "$AFTERWARDS" >/dev/null 2>&1
exit $status`;

/** A program that is not Node and knows nothing of us: a proxy, a helper inside a network namespace. */
export interface TiedProcess {
  /** Aborts, with the reason and its last words, when it ends without having been told to. */
  readonly died: AbortSignal;
  /** What it wrote, standard output and standard error together; the last 4 KiB. */
  readonly said: () => string;
  /** Settles when it has written this. @throws {InvalidMeasurement} when it ends before, or takes too long. */
  readonly says: (text: string) => Promise<void>;
  /** Processor time of it and its children so far, in microseconds. 0 where the system has no `/proc`. */
  readonly cpuUs: () => number;
  /** Ends it; settles when it is gone. */
  readonly stop: () => Promise<void>;
}

export interface TiedOptions {
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Shell commands that clean up once it has ended, whatever has ended it. */
  readonly afterwards?: string;
}

/**
 * Starts a program that ends with this process, also when this process is killed.
 * @param name as messages call it.
 */
export function startTied(name: string, command: readonly string[], options: TiedOptions = {}): TiedProcess {
  const { afterwards = '', env = {} } = options;
  const child = spawn('sh', ['-c', GUARD, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, AFTERWARDS: afterwards },
    // A group of its own: Ctrl-C in a terminal reaches who measures, and nobody else.
    detached: true,
  });
  const group = child.pid ?? 0;
  const died = new AbortController();
  const heard = new EventEmitter();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_096);
      heard.emit('more');
    });
  }
  child.stdin.on('error', () => {});
  let stopping = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => died.abort(new InvalidMeasurement(`${name} cannot be started: ${error.message}`)));
    child.once('close', (code) => {
      if (!stopping) died.abort(new InvalidMeasurement(`${name} ended with status ${code}. ${output}`.trim()));
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    child.stdin.end();
    await ended;
  };
  const says = async (text: string): Promise<void> => {
    const signal = AbortSignal.any([died.signal, AbortSignal.timeout(START_LIMIT_MS)]);
    try {
      while (!output.includes(text)) await once(heard, 'more', { signal });
    } catch {
      died.signal.throwIfAborted();
      throw new InvalidMeasurement(`${name} was not ready within ${START_LIMIT_MS / 1000} s. ${output}`.trim());
    }
  };
  return { died: died.signal, says, said: () => output, cpuUs: () => cpuOfGroupUs(group), stop };
}

/** Clock ticks a second of `/proc`, the same on all Linux systems of today (`sysconf(_SC_CLK_TCK)`). */
const TICKS_PER_SECOND = 100;

/** User and system time of all processes of a group, with that of their children that have ended (proc(5), `stat`). */
function cpuOfGroupUs(group: number): number {
  let ticks = 0;
  for (const pid of processes()) {
    // The second field is the program's name in brackets, which may hold anything.
    const fields = readStat(pid)
      .replace(/^.*\) /s, '')
      .split(' ');
    if (Number(fields[2]) !== group) continue;
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return (ticks / TICKS_PER_SECOND) * 1_000_000;
}

function processes(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
