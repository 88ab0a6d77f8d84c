/** Metrics of the wire ledger: counts, so that differences need no clock. */
import type { Metric } from './metric.js';

type Named = Pick<Metric, 'label' | 'definition'> & Partial<Metric>;

const metric = (id: string, named: Named): Metric => ({
  id,
  series: id,
  statistic: { kind: 'median-of-blocks' },
  unit: 'bytes',
  per: 'trial',
  better: 'lower',
  margin: { relative: 0.05, absolute: 0 },
  deterministic: true,
  ...named,
});

const count = (id: string, named: Named): Metric => metric(id, { unit: 'count', ...named });

/** All of them; a scenario that fills in the values names those that it shows. */
export const WIRE_METRICS: readonly Metric[] = [
  metric('wire.payload', { label: 'payload', better: 'neither', definition: 'bytes of the tokens’ text per token' }),
  metric('wire.envelope', { label: 'envelope', definition: 'bytes of the events’ JSON around the text, per token' }),
  metric('wire.framing', {
    label: 'framing',
    definition: 'bytes per token that separate events: chunk sizes, SSE fields, line ends, frame headers, pages',
  }),
  metric('wire.http', { label: 'HTTP', definition: 'bytes of status lines and response headers, per token' }),
  metric('wire.coded', {
    label: 'compressed',
    definition: 'bytes of compressed content, text and envelope, per token',
  }),
  metric('wire.down', { label: 'all ↓', definition: 'bytes of TCP payload from the server, per token' }),
  metric('wire.up', { label: 'all ↑', definition: 'bytes of TCP payload from the reader, per token' }),
  count('wire.frames', {
    label: 'frames ↓',
    definition: 'chunks, whole bodies and WebSocket frames from the server, an answer',
  }),
  count('wire.framesUp', {
    label: 'frames ↑',
    definition: 'request bodies and WebSocket frames from the reader, an answer',
  }),
  count('wire.requests', { label: 'requests', definition: 'HTTP requests, handshakes included, an answer' }),
  count('wire.connections', { label: 'connections', definition: 'TCP connections of an answer' }),
  count('wire.reads', {
    label: 'reads ↓',
    definition: 'reads in which the bytes came, an answer',
    deterministic: false,
  }),
  count('wire.writes', {
    label: 'writes/token',
    definition: 'system calls of the server that write, per token',
    deterministic: false,
  }),
  count('wire.syscalls', {
    label: 'calls/token',
    definition: 'all system calls of the server, per token',
    deterministic: false,
  }),
];

/** Some of them, in the order of the ids. @throws {RangeError} for an id that is none. */
export function wireMetrics(...ids: readonly string[]): readonly Metric[] {
  return ids.map((id) => {
    const found = WIRE_METRICS.find((one) => one.id === id);
    if (!found) throw new RangeError(`${id} is no metric of the wire`);
    return found;
  });
}
