/** What shells report for a program that a signal ended: 128 + its number. */
export const STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof STATUS_OF_SIGNAL;

/** Why a measurement ended that somebody interrupted. */
export class Interrupted extends Error {
  readonly status: number;

  /** @param what becomes of what was measured so far. */
  constructor(signal: Signal, what: string) {
    super(`interrupted; ${what}`);
    this.status = STATUS_OF_SIGNAL[signal];
  }
}

/**
 * Does something with a signal that aborts, with `Interrupted`, when the user or the system asks the program to end.
 * Who asks twice does not want to wait for a clean end.
 * @param what becomes of what was measured so far, for the message.
 */
export async function interruptible<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const onSignal = (signal: Signal): void => {
    if (interruption.signal.aborted) process.exit(STATUS_OF_SIGNAL[signal]);
    interruption.abort(new Interrupted(signal, what));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(interruption.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
