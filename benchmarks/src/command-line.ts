import { type Command, CommanderError, InvalidArgumentError } from 'commander';

import { UsageError } from './compare/failures.js';

/**
 * Parses the options of a benchmark.
 * @returns the command, whose `opts()` are what was asked for; undefined when help was shown.
 * @throws {UsageError} in one line, for an unknown or impossible option.
 */
export function parse(command: Command, argv: readonly string[]): Command | undefined {
  try {
    return command
      .configureOutput({ writeErr: () => {} })
      .exitOverride()
      .parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(`${error.message.replace(/^error: /, '')} (--help lists the options)`);
  }
}

/** A whole number from 1 to 100 000. */
export function whole(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 100_000) return value;
  throw new InvalidArgumentError('Must be a whole number from 1 to 100000.');
}
