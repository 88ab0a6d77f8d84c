import type { Server } from 'node:http';

import type { Generations } from '@tokenwire/generation-log';
import type { Clock } from '@tokenwire/protocol';

import type { Mounted } from './app.js';

export interface DrainOptions {
  readonly server: Pick<Server, 'close' | 'closeIdleConnections'>;
  readonly generations: Generations;
  readonly transport: Pick<Mounted, 'close'>;
  /** Aborted first: parked polls are answered at once. */
  readonly draining: AbortController;
  /** How long running answers may go on, in milliseconds. */
  readonly drainMs: number;
  /** Closes what is left when all answers have ended: idle connections to models. */
  readonly close: () => void;
}

/** After the deadline: how long models may take to close, and then readers to receive the rest. Together below 1 s. */
const STOP_MS = 250;
const FLUSH_MS = 600;
const SWEEP_MS = 20;

/**
 * On SIGTERM or SIGINT: drains, then ends the process with status 0, at the latest a second after the deadline.
 * A second signal ends it at once.
 */
export function drainOnSignal(options: DrainOptions): void {
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) process.exit(0);
    void drain(options).then(() => process.exit(0));
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

/**
 * Not ready, no new generations, parked polls answered; running answers may finish until the deadline and are cancelled
 * then. Settles when readers have the rest, and 850 ms after the deadline even if one of them never reads.
 */
export async function drain(options: DrainOptions): Promise<void> {
  const { server, generations, transport, draining, drainMs, close } = options;
  const { clock } = generations;
  generations.drain();
  draining.abort();
  await within(clock, drainMs, generations.idle());
  await generations.stopAll('shutdown', STOP_MS);
  close();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  transport.close?.();
  // A connection is idle once its response has gone out; a reader that never reads never gets there.
  const endSweep = every(clock, SWEEP_MS, () => server.closeIdleConnections());
  await within(clock, FLUSH_MS, closed);
  endSweep();
}

async function within(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  let callOff = () => {};
  await Promise.race([work, new Promise<void>((resolve) => (callOff = clock.after(limitMs, resolve)))]);
  callOff();
}

function every(clock: Clock, intervalMs: number, action: () => void): () => void {
  let callOff = () => {};
  const run = (): void => {
    action();
    callOff = clock.after(intervalMs, run);
  };
  run();
  return () => callOff();
}
