/**
 * The same raw data under the names that other tools use, and by their definitions. What one of them calls inter-token
 * latency is the gap between chunks for another, and a mean per stream for the third: only definitions can be compared.
 */
import type { Metric } from './metric.js';
import { metricOf } from './registry.js';
import type { Scenario } from '../scenarios/scenario.js';

export const DIALECTS = ['vllm', 'aiperf', 'guidellm', 'otel'] as const;

export type Dialect = (typeof DIALECTS)[number];

/** A figure of another tool: its name there, our series, and what it means there. */
type Entry = readonly [name: string, series: string, statistics: readonly string[], definition: string];

const SPREAD = ['p50', 'p99', 'mean'] as const;
const MEDIAN = ['median'] as const;

const ENTRIES: Readonly<Record<Dialect, readonly Entry[]>> = {
  // vllm/benchmarks/serve.py, calculate_metrics, and lib/endpoint_request_func.py.
  vllm: [
    ['ttft_ms', 'ttft', SPREAD, 'first chunk − request'],
    ['tpot_ms', 'tpot', SPREAD, '(latency − TTFT)/(output tokens − 1), one a request'],
    ['itl_ms', 'gap', SPREAD, 'gaps between chunks, however many tokens they carry'],
    ['e2el_ms', 'ttlt', SPREAD, 'last chunk − request'],
    ['output_throughput', 'systemRate', MEDIAN, 'output tokens ÷ duration of the benchmark'],
    ['request_goodput', 'goodStreamRate', MEDIAN, 'requests that met the objectives, per second'],
  ],
  // AIPerf, metrics reference.
  aiperf: [
    ['time_to_first_token', 'ttft', SPREAD, 'first response with content − request'],
    ['inter_token_latency', 'tpot', SPREAD, '(request latency − TTFT)/(output tokens − 1), one a request'],
    ['inter_chunk_latency', 'gap', SPREAD, 'gaps between responses with content'],
    ['request_latency', 'ttlt', SPREAD, 'last response with content − request'],
    ['output_token_throughput_per_user', 'streamRate', ['p50', 'mean'], '1/inter-token latency, one a request'],
    ['e2e_output_token_throughput', 'endToEndRate', ['p50', 'mean'], 'output tokens ÷ request latency'],
    ['output_token_throughput', 'systemRate', MEDIAN, 'output tokens ÷ duration of the benchmark'],
    ['goodput', 'goodStreamRate', MEDIAN, 'requests that met the objectives, per second'],
    ['good_request_fraction', 'goodput', ['mean'], 'share of requests that met the objectives'],
  ],
  // GuideLLM, schemas/request_stats.py and the guide to metrics.
  guidellm: [
    ['time_to_first_token_ms', 'ttft', SPREAD, 'first token − request'],
    ['inter_token_latency_ms', 'tpot', SPREAD, '(last token − first token)/(output tokens − 1), one a request'],
    [
      'time_per_output_token_ms',
      'ttltPerToken',
      SPREAD,
      '(last token − request)/output tokens: the first token counts',
    ],
    ['request_latency', 'done', SPREAD, 'end − start of the request'],
    ['output_tokens_per_second', 'systemRate', MEDIAN, 'output tokens ÷ duration of the benchmark'],
  ],
  // OpenTelemetry, semantic conventions for generative AI metrics. Histograms in seconds there.
  otel: [
    ['gen_ai.server.time_to_first_token', 'ttft', SPREAD, 'time to the first token, seen by the reader'],
    ['gen_ai.server.time_per_output_token', 'tpot', SPREAD, 'time per output token after the first'],
    ['gen_ai.client.operation.duration', 'done', SPREAD, 'duration of the operation'],
    ['gen_ai.client.operation.time_to_first_chunk', 'ttft', SPREAD, 'first chunk − request'],
    ['gen_ai.client.operation.time_per_output_chunk', 'gap', SPREAD, 'end of a chunk − end of the one before'],
  ],
};

/** The metrics of a dialect, in its order. Values are in our units, whatever the tool prints. */
export function dialectMetrics(dialect: Dialect): readonly Metric[] {
  return ENTRIES[dialect].flatMap(([name, series, statistics, definition]) =>
    statistics.map((statistic) => ({
      ...metricOf(`${series}.${statistic}`),
      id: `${dialect}:${name}.${statistic}`,
      label: `${name} ${statistic}`,
      definition: `${statistic} of ${name} as ${dialect} defines it: ${definition}`,
    })),
  );
}

/**
 * A scenario whose table has the columns of another tool: `buildReport` makes it from the same raw data. Scenarios that
 * measure in a way of their own have no streams that could be told in other words, and stay as they are.
 */
export function inDialect(scenario: Scenario, dialect: Dialect): Scenario {
  if (scenario.run) return scenario;
  const metrics = dialectMetrics(dialect);
  return {
    ...scenario,
    metrics,
    columns: metrics.map(({ id }) => id),
    compared: [],
    answer: () => '',
    notes: [
      ...scenario.notes,
      `Names and definitions are those of ${dialect}; times in milliseconds, from the scheduled start.`,
    ],
  };
}
