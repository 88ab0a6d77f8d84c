import type { Measured } from '../compare/modes.js';
import type { Margin } from '../metrics/metric.js';
import { metricOf } from '../metrics/registry.js';
import type { Evidence, Place } from './evidence.js';
import { minus, noted, nothing, plus, times, type Quantity } from './quantity.js';
import type { Requirements } from './requirements.js';
import { capacityOf, type Capacity } from './capacity.js';
import { pollPoint, type PollPoint } from './poll-point.js';

/** The margins of the laboratory: of times, and of everything else. */
const TIME = metricOf('delivery.p50').margin;
const AMOUNT = metricOf('serverCpu.median').margin;

/** What is said of each mode. Differences within the margin are none. */
export const FIGURES = {
  latency: { label: 'D p50', margin: TIME },
  tail: { label: 'D p99', margin: TIME },
  ttft: { label: 'TTFT p50', margin: TIME },
  cpu: { label: 'CPU/token', margin: AMOUNT },
  processors: { label: 'processors', margin: AMOUNT },
  memory: { label: 'memory', margin: AMOUNT },
  bytes: { label: 'B/token', margin: AMOUNT },
  requests: { label: 'requests', margin: AMOUNT },
  resume: { label: 'back after a cut', margin: TIME },
  stop: { label: 'stop receipt', margin: TIME },
} as const satisfies Record<string, { readonly label: string; readonly margin: Margin }>;

export type FigureName = keyof typeof FIGURES;

/** All figures of a mode, for the question that was asked. */
export interface ModeFigures {
  readonly values: Readonly<Record<FigureName, Quantity>>;
  /** D p99 without network and proxy: what it will be at least. */
  readonly alone: Quantity;
  /** The point of the poll curve that was chosen; null for modes that do not poll. */
  readonly poll: PollPoint | null;
  readonly capacity: Capacity;
}

/** Collects the figures of a mode at the points nearest to the question. */
export function figuresOf(mode: Measured, asked: Requirements, evidence: Evidence): ModeFigures {
  const poll = pollPoint(mode, asked, evidence);
  const capacity = capacityOf(mode, asked, evidence);
  const base = (metric: string): Quantity => baseFigure(metric, { mode, asked, evidence, poll, capacity });
  const added = (metric: string): Quantity => withSurroundings(base(metric), metric, { mode, asked, evidence });
  const cpu = cpuOf(base);
  const tokensPerSecond = asked.streams * asked.readers * asked.tokensPerSecond;
  const values = {
    latency: added('delivery.p50'),
    tail: added('delivery.p99'),
    ttft: added('ttft.p50'),
    cpu,
    processors: noted(times(cpu, tokensPerSecond / 1e6), `scaled to ${tokensPerSecond} tokens/s`),
    memory: memoryOf(mode, asked, evidence),
    bytes: bytesOf(mode, evidence),
    requests: base('requests.mean'),
    resume: resumeOf(mode, evidence),
    stop: evidence.figure({ scenario: 'stop', mode }, 'stopReceipt.p50'),
  };
  return { values, alone: base('delivery.p99'), poll, capacity };
}

interface Asked {
  readonly mode: Measured;
  readonly asked: Requirements;
  readonly evidence: Evidence;
}

/** On loopback, without a proxy: with as many streams or readers as one process would have. */
function baseFigure(
  metric: string,
  { mode, asked, evidence, poll, capacity }: Asked & Pick<ModeFigures, 'poll' | 'capacity'>,
): Quantity {
  const steady = evidence.figure({ scenario: 'steady', mode }, metric);
  if (poll) {
    const curve = evidence.figure({ scenario: 'poll', mode, words: [poll.point] }, metric);
    return firstOf(noted(curve, `of ${poll.streams} streams`), steady);
  }
  const readers = evidence.along({ scenario: 'fan-out', mode }, metric, 'readers', asked.readers);
  const streams = evidence.along({ scenario: 'streams', mode }, metric, 'streams', capacity.streamsEach);
  return asked.readers > 1 ? firstOf(readers, streams, steady) : firstOf(streams, steady);
}

/** CPU while all streams ran; where there was no such time, over the whole trial. */
function cpuOf(base: (metric: string) => Quantity): Quantity {
  return firstOf(base('serverCpuSteady.median'), base('serverCpu.median'));
}

/** Adds what the network and the proxy add, each measured alone. Left out where nothing was measured of any mode. */
function withSurroundings(base: Quantity, metric: string, { mode, asked, evidence }: Asked): Quantity {
  const parts: Quantity[] = [];
  if (asked.network !== 'loopback' && evidence.has('network', [asked.network])) {
    parts.push(increment(metric, evidence, { scenario: 'network', mode, words: [asked.network] }, ['loopback']));
  }
  const words = proxyWords(asked);
  if (asked.proxy !== 'none' && evidence.has('proxies', words)) {
    parts.push(increment(metric, evidence, { scenario: 'proxies', mode, words }, ['none']));
  }
  return parts.reduce(plus, base);
}

/** What rows of a proxy say. */
export function proxyWords({ proxy, proxyConfig }: Requirements): readonly string[] {
  return [proxy, proxyConfig];
}

/** With it, less without it: in the same scenario, else in the steady one. */
function increment(metric: string, evidence: Evidence, place: Place, without: readonly string[]): Quantity {
  const { scenario, mode } = place;
  const alone = firstOf(
    evidence.figure({ scenario, mode, words: without }, metric),
    evidence.figure({ scenario: 'steady', mode }, metric),
  );
  return minus(evidence.figure(place, metric), alone);
}

function memoryOf(mode: Measured, { streams, readers }: Requirements, evidence: Evidence): Quantity {
  if (mode === 'short-poll') return nothing('short polling keeps no connection that waits');
  const each = evidence.figure({ scenario: 'idle', mode }, 'rssKiB.median');
  return noted(times(each, streams * readers), `scaled to ${streams * readers} connections`);
}

/** Down and up, on an answer of the wire ledger. */
function bytesOf(mode: Measured, evidence: Evidence): Quantity {
  const place = { scenario: 'wire', mode };
  return plus(evidence.figure(place, 'wire.down'), evidence.figure(place, 'wire.up'));
}

/** From a reset until the next new token: noticing and coming back, medians added. */
function resumeOf(mode: Measured, evidence: Evidence): Quantity {
  const place = { scenario: 'cut', mode, words: ['reset'] };
  return plus(evidence.figure(place, 'noticeMs.p50'), evidence.figure(place, 'resumeMs.p50'));
}

/** The first that has a value, else the first. */
function firstOf(first: Quantity, ...others: readonly Quantity[]): Quantity {
  return [first, ...others].find(({ value }) => value !== null) ?? first;
}
