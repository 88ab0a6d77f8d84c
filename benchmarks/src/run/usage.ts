import type { StreamNotes } from '../agent/job.js';
import type { ProcessUse } from '../raw/raw.js';
import { percentile } from '../statistics/percentile.js';
import type { LoadResult } from './generator.js';

/** What a load cost, as a raw line has it. */
export function usage({ server, generator, steady, notes }: LoadResult) {
  const lags = notes.map(({ scheduledMs, startMs }: StreamNotes) => startMs - scheduledMs);
  return { server, generator, steady, lagP99Ms: lags.length > 0 ? percentile(lags, 99) : 0 };
}

/** Processor time, user and system, in microseconds. */
export function cpuOf({ cpuUserUs, cpuSystemUs }: ProcessUse): number {
  return cpuUserUs + cpuSystemUs;
}

/** What this process itself used: it is the generator of scenarios that measure in a way of their own. */
export function harnessUse(startMs: number, before: NodeJS.CpuUsage): ProcessUse {
  const { user, system } = process.cpuUsage(before);
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    cpuUserUs: user,
    cpuSystemUs: system,
    wallMs: performance.now() - startMs,
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    externalBytes: external,
    loopDelayP50Ms: 0,
    loopDelayP99Ms: 0,
    loopDelayMaxMs: 0,
  };
}

/** A thousand streams that fail alike are one reason. */
export function brief(problems: readonly string[]): readonly string[] {
  const shown = problems.slice(0, 3);
  return problems.length > shown.length ? [...shown, `and ${problems.length - shown.length} more`] : shown;
}
