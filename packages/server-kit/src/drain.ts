import type { Server } from 'node:http';

import type { Generations } from '@tokenwire/generation-log';

import type { Mounted } from './app.js';

export interface DrainOptions {
  readonly server: Server;
  readonly generations: Generations;
  readonly transport: Mounted;
  /** Aborted first: parked polls are answered at once. */
  readonly draining: AbortController;
  /** How long running answers may go on. */
  readonly drainMs: number;
  /** Closes what is left when all answers have ended: idle connections to models. */
  readonly close: () => void;
}

/** After the last answer, how long readers may take to receive the rest, in milliseconds. */
const FLUSH_MS = 1_000;

/**
 * On SIGTERM or SIGINT: not ready, no new generations, running ones may finish until the deadline and are
 * cancelled then; the process ends with status 0. A second signal ends it at once.
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

async function drain({ server, generations, transport, draining, drainMs, close }: DrainOptions): Promise<void> {
  generations.drain();
  draining.abort();
  await within(drainMs, generations.idle());
  await generations.stopAll('shutdown');
  close();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  transport.close?.();
  // A connection is idle once its response has gone out; a reader that never reads never gets there.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  await within(FLUSH_MS, closed);
  clearInterval(sweep);
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer);
}
