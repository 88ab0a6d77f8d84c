import { wireMetrics } from '../metrics/wire.js';
import type { Row } from '../report/model.js';
import { control } from '../targets/controls.js';
import type { Target } from '../targets/target.js';
import { ledgerOfCell, withValues } from '../wire/measure-wire.js';
import { plain, named, steadyLoad } from './loads.js';
import { memorySlope } from './memory-slope.js';
import { trialMetric } from './own-metric.js';
import type { Scenario } from './scenario.js';
import { list, NOTHING, numberOf, rowOf, value } from './sentences.js';

const http = (name: string, coding: 'gzip' | 'br', note: string): Target =>
  control(name, 'sse', 'compressed-http-server', [coding], note, { coding });

const socket = (name: string, how: string, note: string): Target =>
  control(name, 'websocket', 'compressed-ws-server', [how], note, { deflate: true });

/** Controls that compress. */
export const COMPRESSED: readonly Target[] = [
  http('SSE gzip', 'gzip', 'gzip of node:zlib at its default level, Z_SYNC_FLUSH after every write.'),
  http('SSE brotli', 'br', 'Brotli at quality 4, flushed after every write.'),
  socket('ws deflate', 'takeover', 'permessage-deflate as ws does it: every message, with context takeover.'),
  socket('ws deflate alone', 'alone', 'permessage-deflate of every message by itself: no context takeover.'),
  socket(
    'ws deflate ≥ 1 KiB',
    'threshold',
    'No context takeover, and only messages from 1 024 bytes: the default of ws.',
  ),
];

/** What each is to be seen against. */
const PLAIN_OF: Readonly<Record<string, string>> = {
  'SSE gzip': 'node:http SSE',
  'SSE brotli': 'node:http SSE',
  'ws deflate': 'ws',
  'ws deflate alone': 'ws',
  'ws deflate ≥ 1 KiB': 'ws',
};

const COLUMNS = ['wire.down', 'wire.coded', 'wire.framing'] as const;

/** Compression of streams: bytes saved, against processor time, memory and delay. */
export const compression: Scenario = {
  name: 'compression',
  recordable: true,
  title: 'Compression',
  question: 'What does compressing a stream save, and what does it cost?',
  cells: (size, targets) =>
    [...named(targets, 'node:http SSE', 'ws'), ...COMPRESSED].map((target) => plain(target, steadyLoad(size))),
  blocks: (size) => (size === 'full' ? 3 : 1),
  columns: [
    ...COLUMNS,
    'rssKiB.median',
    'externalKiB.median',
    'delivery.p50',
    'delivery.p99',
    'serverCpu.median',
    'serverCpuSteady.median',
    'generatorCpu.median',
  ],
  metrics: [
    ...wireMetrics(...COLUMNS),
    trialMetric('rssKiB', { label: 'RSS/stream', unit: 'KiB', definition: 'slope of resident memory over streams' }),
    trialMetric('externalKiB', {
      label: 'external/stream',
      unit: 'KiB',
      definition: 'slope of memory that JavaScript holds outside the heap',
    }),
  ],
  compared: [],
  reference: null,
  async run(cell, context) {
    const measured = await context.load(cell);
    const ledger = await ledgerOfCell(cell, context);
    const values = { ...(await memorySlope(cell, context)) };
    return withValues(measured, ledger, { values, problems: [] });
  },
  answer(report) {
    const parts = COMPRESSED.flatMap(({ name }) => {
      const [row, other] = [rowOf(report, name), rowOf(report, PLAIN_OF[name] ?? '')];
      return row?.verdict === 'VALID' && other?.verdict === 'VALID' ? [against(row, other)] : [];
    });
    return parts.length === 0 ? NOTHING : `Against the same without compression: ${list(parts)}.`;
  },
  notes: [
    'Bytes are of one answer of the trace through a recording pass-through; compressed content is not divided into text and envelope.',
    'Memory is a slope over 20 to 140 running streams: what one more stream takes, garbage that waits included. zlib’s own memory is resident, but not known to JavaScript.',
    'zlib works on threads of its own (four for all streams), flush by flush: what waits for them is in D.',
    'Our own servers do not compress: the envelope is small where it matters, and each compressor holds memory for as long as its stream.',
  ],
};

/** `SSE gzip −55 % bytes, 12.1 → 30.5 µs CPU, D 0.4 → 1.2 ms, 14 → 270 KiB a stream`. */
function against(row: Row, plainRow: Row): string {
  const change = Math.round((numberOf(row, 'wire.down') / numberOf(plainRow, 'wire.down') - 1) * 100);
  const sign = change > 0 ? '+' : change < 0 ? '−' : '±';
  const both = (metric: string): string => `${value(plainRow, metric)} → ${value(row, metric)}`;
  return `${row.target} ${sign}${Math.abs(change)} % bytes, ${both('serverCpu.median')} µs CPU, D ${both('delivery.p50')} ms, ${both('rssKiB.median')} KiB a stream`;
}
