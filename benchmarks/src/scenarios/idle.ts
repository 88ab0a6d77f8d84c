import { setTimeout as delay } from 'node:timers/promises';

import { askJson } from '../compare/http.js';
import { Crowd } from '../stalled/crowd.js';
import { named, steadyLoad } from './loads.js';
import { trialMetric } from './own-metric.js';
import type { Cell, Measured, RunContext, Scenario } from './scenario.js';
import { list, NOTHING, ranked, validRows, value } from './sentences.js';
import { slopeOf } from '../statistics/slope.js';

/** Connections at each look at the memory. */
const STEPS = { quick: [0, 200, 400], full: [0, 500, 1_000, 1_500] } as const;
const PUSHING = ['chunked', 'sse', 'websocket', 'long-poll'] as const;
/** Half of what the silent model can say: then it falls silent, and the readers wait. */
const MODEL = { model: 'sim/stall', prompt: 'x', maxTokens: 4, cadence: 'instant', onDisconnect: 'continue' };
/** Between the last connection and the look: garbage of connecting is collected, timers have run. */
const REST_MS = 1_500;
const CONNECT_LIMIT_MS = 30_000;

/** Open connections on which nothing is said: what each of them keeps of the server's memory. */
export const idle: Scenario = {
  name: 'idle',
  title: 'Idle connections',
  question: 'What does an open connection cost while nothing is said?',
  cells: (size, targets) =>
    named(targets, ...PUSHING).map((target) => ({
      target,
      point: '',
      factors: {},
      load: { ...steadyLoad(size), streams: STEPS[size].at(-1) ?? 0 },
    })),
  blocks: (size) => (size === 'full' ? 3 : 1),
  columns: ['heapKiB.median', 'externalKiB.median', 'rssKiB.median'],
  compared: [],
  reference: null,
  metrics: [
    trialMetric('rssKiB', { label: 'RSS', unit: 'KiB', definition: 'slope of resident memory over connections' }),
    trialMetric('heapKiB', { label: 'heap', unit: 'KiB', definition: 'slope of the used JavaScript heap' }),
    trialMetric('externalKiB', { label: 'external', unit: 'KiB', definition: 'slope of memory outside the heap' }),
    trialMetric('idleCpuShare', {
      label: 'CPU',
      unit: 'ratio',
      definition: 'processor share of the server with all of them',
    }),
  ],
  run: measure,
  answer(report) {
    const rows = ranked(validRows(report), 'heapKiB.median');
    if (rows.length === 0) return NOTHING;
    return `KiB of JavaScript heap a connection: ${list(rows.map((row) => `${row.target} ${value(row, 'heapKiB.median')}`))}.`;
  },
  notes: [
    'All connections read one generation that has fallen silent; memory is a slope over the number of connections, so what the process itself needs is not in it. Garbage is collected before each look; resident memory follows late, because a process has some in reserve.',
    'The kernel’s buffers are not part of a process’s memory. Short polling keeps no connection that waits.',
  ],
};

interface Step {
  readonly count: number;
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
}

async function measure(cell: Cell, context: RunContext): Promise<Measured> {
  const server = await context.startServer(cell);
  const crowds: Crowd[] = [];
  const steps: Step[] = [];
  try {
    const id = await startSilent(server.url);
    const counts = cell.load.streams === STEPS.full.at(-1) ? STEPS.full : STEPS.quick;
    for (const count of counts) {
      const have = steps.at(-1)?.count ?? 0;
      const mode = cell.target.name as (typeof PUSHING)[number];
      if (count > have) crowds.push(new Crowd(server.url, mode, id, { count: count - have, reads: true, after: 4 }));
      await connected(crowds, count, context.signal);
      await delay(REST_MS, undefined, { signal: context.signal });
      const { rssBytes, heapUsedBytes, externalBytes } = await server.use();
      steps.push({ count, rss: rssBytes, heap: heapUsedBytes, external: externalBytes });
    }
  } finally {
    await Promise.all(crowds.map((crowd) => crowd.leave()));
  }
  const slope = (value: (step: Step) => number): number =>
    slopeOf(steps.map((step) => [step.count, value(step)])) / 1024;
  const values = {
    rssKiB: slope(({ rss }) => rss),
    heapKiB: slope(({ heap }) => heap),
    externalKiB: slope(({ external }) => external),
  };
  return context.measured(cell, { values });
}

async function startSilent(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const { id } = await askJson<{ id: string }>(`${url}/generations`, {
    method: 'POST',
    headers,
    body: JSON.stringify(MODEL),
  });
  return id;
}

async function connected(crowds: readonly Crowd[], count: number, signal: AbortSignal): Promise<void> {
  const limitMs = performance.now() + CONNECT_LIMIT_MS;
  while (crowds.reduce((sum, crowd) => sum + crowd.connected, 0) < count) {
    if (performance.now() > limitMs) throw new Error(`only some of ${count} connections came within 30 s`);
    await delay(50, undefined, { signal });
  }
}
