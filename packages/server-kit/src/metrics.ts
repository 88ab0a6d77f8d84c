import { Counter, Gauge, Registry } from 'prom-client';

import type { GenerationStats, Generations } from '@tokenwire/generation-log';

/** Name, help, and where the value comes from when somebody asks. */
type Metric = readonly [name: string, help: string, value: (stats: GenerationStats) => number];

const GAUGES: readonly Metric[] = [
  ['tokenwire_generations_running', 'Generations without a terminal event.', (stats) => stats.running],
  ['tokenwire_generations_kept', 'Generations that can be read.', (stats) => stats.kept],
  ['tokenwire_readers', 'Readers attached to generations.', (stats) => stats.readers],
  ['tokenwire_log_bytes', 'JSON held in all logs.', (stats) => stats.logBytes],
  ['tokenwire_idempotency_keys', 'Idempotency keys that are remembered.', (stats) => stats.idempotencyKeys],
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
export function createMetrics(generations: Generations): Registry {
  const registry = new Registry();
  const registers = [registry];
  for (const [name, help, value] of GAUGES) {
    const collect = (): void => gauge.set(value(generations.stats()));
    const gauge: Gauge = new Gauge({ name, help, registers, collect });
  }
  for (const [name, help, value] of COUNTERS) {
    const collect = (): void => {
      counter.reset();
      counter.inc(value(generations.stats()));
    };
    const counter: Counter = new Counter({ name, help, registers, collect });
  }
  return registry;
}
