import { examine } from '../probes/examine.js';
import { documentOf } from './document.js';
import { lookAtMachine } from './machine.js';
import { readCommand, USAGE, UsageError, type Command } from './options.js';
import { paintFor, reportOf } from './report.js';

/** A place to write to, and what it can show. */
export interface Paper {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Whether a line can be taken back: a terminal, not a file. */
  readonly transient: boolean;
}

/** What the command has to do with the world. */
export interface Surroundings {
  readonly out: Paper;
  readonly err: Paper;
  /** Ends the run, without a report. */
  readonly signal: AbortSignal;
}

const EXITS = { healthy: 0, harmed: 1, unknown: 3 } as const;
/** Exit status of a process that was interrupted, as shells have it. */
const INTERRUPTED = 130;

/**
 * The command. Gives its exit status: 0 healthy, 1 something harms streaming, 2 wrong usage, 3 nothing to judge, 130
 * interrupted. Never throws for what a server does.
 */
export async function main(args: readonly string[], { out, err, signal }: Surroundings): Promise<number> {
  let command: Command;
  try {
    command = readCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    err.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (command.kind === 'help') {
    out.write(USAGE);
    return 0;
  }
  const progress = (what: string): void => err.write(err.transient ? `\r\u001B[K… ${what}` : `… ${what}\n`);
  const [diagnosis, machine] = await Promise.all([examine(command, signal, progress), lookAtMachine()]);
  if (err.transient) err.write('\r\u001B[K');
  // What was cut short cannot be told from what was held back.
  if (signal.aborted) return INTERRUPTED;
  out.write(
    command.json ? documentOf(diagnosis, machine) : reportOf(diagnosis, machine, command.idleMs, paintFor(out.colour)),
  );
  return EXITS[diagnosis.verdict];
}
