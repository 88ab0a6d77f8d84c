/**
 * Preloaded into every process that is measured (`node --import`): answers its parent what the process has used. So one
 * method, with microseconds, serves our servers, controls, peers and the generator, on every platform.
 *
 * Parent → process: `{ type: 'use', since? }`; the answer goes back with the same `type`. `restart` begins anew.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import type { ProcessUse } from '../raw/raw.js';

export interface UseQuestion {
  readonly type: 'use';
  /** Begin a new period after the answer. */
  readonly restart: boolean;
  /** Collect garbage first: for questions about memory, never while something is timed. */
  readonly collect?: boolean;
}

export interface UseAnswer extends ProcessUse {
  readonly type: 'use';
}

/** Sampling interval of the event-loop delay. Shorter would itself cost something on a busy loop. */
const RESOLUTION_MS = 10;

// Only once somebody asks: the histogram wakes the process 100 times a second.
let delays: ReturnType<typeof monitorEventLoopDelay> | undefined;
let cpu = process.cpuUsage();
let startMs = performance.now();

process.on('message', (message: Partial<UseQuestion> | null) => {
  if (message?.type !== 'use') return;
  if (message.collect) collectGarbage();
  const { user, system } = process.cpuUsage(cpu);
  const { rss, heapUsed, external } = process.memoryUsage();
  const beyond = (nanoseconds: number | undefined): number =>
    nanoseconds === undefined || !Number.isFinite(nanoseconds) ? 0 : Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const answer: UseAnswer = {
    type: 'use',
    cpuUserUs: user,
    cpuSystemUs: system,
    wallMs: performance.now() - startMs,
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    externalBytes: external,
    loopDelayP50Ms: beyond(delays?.percentile(50)),
    loopDelayP99Ms: beyond(delays?.percentile(99)),
    loopDelayMaxMs: beyond(delays?.max),
  };
  process.send?.(answer);
  if (!message.restart) return;
  delays ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  delays.reset();
  cpu = process.cpuUsage();
  startMs = performance.now();
});
/** V8's own full collection, which Node hides behind a flag that may be set while it runs. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

// Whoever measures may be killed; nobody else would end what it has started.
process.once('disconnect', () => process.exit(0));
// The question alone must not keep a process alive.
process.channel?.unref();
