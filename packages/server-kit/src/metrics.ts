import { Counter, Gauge, Registry } from 'prom-client';

import type { GenerationStats, Generations } from '@tokenwire/generation-log';

import type { Connections } from './connections.js';
import type { Tickets } from './tickets.js';

/** Whose figures are shown. */
export interface Measured {
  readonly generations: Generations;
  readonly tickets: Tickets | undefined;
  readonly connections: Connections | undefined;
}

/** Name, help, and where the value comes from when somebody asks. */
type Metric = readonly [name: string, help: string, value: (stats: GenerationStats, measured: Measured) => number];

const GAUGES: readonly Metric[] = [
  ['tokenwire_generations_running', 'Generations without a terminal event.', (stats) => stats.running],
  ['tokenwire_generations_kept', 'Generations that can be read.', (stats) => stats.kept],
  ['tokenwire_readers', 'Readers attached to generations.', (stats) => stats.readers],
  ['tokenwire_log_bytes', 'JSON held in all logs.', (stats) => stats.logBytes],
  ['tokenwire_idempotency_keys', 'Idempotency keys that are remembered.', (stats) => stats.idempotencyKeys],
  ['tokenwire_expired_ids', 'Expired ids that are still told apart from unknown ones.', (stats) => stats.remembered],
  ['tokenwire_tickets', 'Tickets that were not used yet.', (_, { tickets }) => tickets?.size ?? 0],
  ['tokenwire_connections', 'Connections, idle ones included.', (_, { connections }) => connections?.size ?? 0],
  ['process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss()],
];

const COUNTERS: readonly Metric[] = [
  ['tokenwire_tokens_total', 'Tokens produced since the start.', (stats) => stats.tokens],
  ['process_cpu_user_seconds_total', 'CPU time in user code.', () => process.cpuUsage().user / 1e6],
  ['process_cpu_system_seconds_total', 'CPU time in the kernel.', () => process.cpuUsage().system / 1e6],
];

/**
 * Prometheus text for `GET /metrics`. Values are read when asked for, so monitoring costs nothing per token;
 * that is why the library's default collectors, which sample all the time, are not used.
 */
export function createMetrics(measured: Measured): Registry {
  const { generations } = measured;
  const registry = new Registry();
  const registers = [registry];
  for (const [name, help, value] of GAUGES) {
    const collect = (): void => gauge.set(value(generations.stats(), measured));
    const gauge: Gauge = new Gauge({ name, help, registers, collect });
  }
  for (const [name, help, value] of COUNTERS) {
    const collect = (): void => {
      counter.reset();
      counter.inc(value(generations.stats(), measured));
    };
    const counter: Counter = new Counter({ name, help, registers, collect });
  }
  registry.registerMetric(activeResources());
  return registry;
}

/** What keeps this process busy, by kind: whatever grows here without end was left behind. */
function activeResources(): Gauge {
  const collect = (): void => {
    gauge.reset();
    for (const type of process.getActiveResourcesInfo()) gauge.inc({ type });
  };
  const help = 'Sockets, timers and requests that keep the event loop alive.';
  const gauge: Gauge = new Gauge({
    name: 'nodejs_active_resources',
    help,
    labelNames: ['type'],
    registers: [],
    collect,
  });
  return gauge;
}
