import { seededRandom } from '@tokenwire/token-source';

import type { Metric } from '../../src/metrics/metric.js';
import type { Manifest } from '../../src/raw/manifest.js';
import type { Verdict } from '../../src/raw/raw.js';
import type { Comparison, Estimate, LabReport, ReplayLane, Row, ScenarioReport, Word } from '../../src/report/model.js';

/**
 * A report as a run of the laboratory leaves it behind, drawn from a seed: five modes, controls and peers; rows of every
 * verdict; comparisons of every word; percentiles that the sample cannot carry; curves; a replay.
 */

/** What a target is like: medians of D in ms, and bytes and µs per token. */
interface Kind {
  readonly name: string;
  readonly kind: Row['kind'];
  readonly delivery: number;
  readonly spread: number;
  readonly wire: readonly [payload: number, envelope: number, framing: number, http: number];
  readonly cpu: number;
  readonly requests: number;
}

const KINDS: readonly Kind[] = [
  { name: 'chunked', kind: 'ours', delivery: 0.86, spread: 0.4, wire: [6.2, 88, 6, 2], cpu: 31, requests: 1 },
  { name: 'sse', kind: 'ours', delivery: 0.88, spread: 0.4, wire: [6.2, 88, 44, 3], cpu: 33, requests: 1 },
  { name: 'websocket', kind: 'ours', delivery: 0.81, spread: 0.45, wire: [6.2, 88, 4, 2], cpu: 30, requests: 1 },
  { name: 'long-poll', kind: 'ours', delivery: 51.7, spread: 0.6, wire: [6.2, 88, 0, 52], cpu: 61, requests: 13 },
  { name: 'short-poll', kind: 'ours', delivery: 137, spread: 0.55, wire: [6.2, 88, 0, 28], cpu: 64, requests: 7 },
  { name: 'net', kind: 'control', delivery: 0.52, spread: 0.3, wire: [6.2, 88, 0, 0], cpu: 18, requests: 1 },
  { name: 'node:http', kind: 'control', delivery: 0.66, spread: 0.3, wire: [6.2, 88, 6, 2], cpu: 24, requests: 1 },
  { name: 'ws', kind: 'control', delivery: 0.61, spread: 0.3, wire: [6.2, 88, 2, 1], cpu: 22, requests: 1 },
  { name: 'better-sse', kind: 'peer', delivery: 0.92, spread: 0.4, wire: [6.2, 88, 52, 3], cpu: 41, requests: 1 },
  { name: 'Hono SSE', kind: 'peer', delivery: 1.02, spread: 0.5, wire: [6.2, 88, 38, 3], cpu: 58, requests: 1 },
  { name: 'Socket.IO', kind: 'peer', delivery: 0.95, spread: 0.5, wire: [6.2, 96, 8, 4], cpu: 52, requests: 2 },
  {
    name: 'Socket.IO polling',
    kind: 'peer',
    delivery: 3.4,
    spread: 0.7,
    wire: [6.2, 96, 3, 310],
    cpu: 160,
    requests: 190,
  },
  { name: 'AI SDK UI', kind: 'peer', delivery: 0.97, spread: 0.4, wire: [6.2, 41, 44, 3], cpu: 66, requests: 1 },
];

const OURS = KINDS.filter(({ kind }) => kind === 'ours');

const metric = (id: string, label: string, unit: Metric['unit'], rest: Partial<Metric> = {}): Metric => ({
  id,
  series: id.split('.')[0] ?? id,
  statistic: /\.p\d+$/.test(id) ? { kind: 'percentile', p: Number(id.split('.p')[1]) } : { kind: 'mean' },
  label,
  unit,
  per: 'token',
  better: 'lower',
  definition: `${label}, as docs/measuring.md defines it`,
  margin: { relative: 0.05, absolute: unit === 'ms' ? 0.2 : 0 },
  ...rest,
});

const METRICS: readonly Metric[] = [
  metric('delivery.p50', 'D p50', 'ms'),
  metric('delivery.p95', 'D p95', 'ms'),
  metric('delivery.p99', 'D p99', 'ms'),
  metric('ttft.p50', 'TTFT p50', 'ms', { per: 'stream' }),
  metric('stalls', 'stall ratio', 'ratio', { per: 'stream' }),
  metric('jitter', 'jitter', 'ms'),
  metric('throughput', 'tokens/s', 'tokens/s', { per: 'stream', better: 'higher' }),
  metric('cpu', 'server CPU', 'µs', { per: 'trial', statistic: { kind: 'median-of-blocks' } }),
  metric('requests', 'requests', 'count', { per: 'stream', deterministic: true }),
  metric('wire.payload', 'payload ↓', 'bytes', { per: 'trial', deterministic: true }),
  metric('wire.envelope', 'envelope ↓', 'bytes', { per: 'trial', deterministic: true }),
  metric('wire.framing', 'framing ↓', 'bytes', { per: 'trial', deterministic: true }),
  metric('wire.http', 'HTTP ↓', 'bytes', { per: 'trial', deterministic: true }),
  metric('wire.up', 'all ↑', 'bytes', { per: 'trial', deterministic: true }),
  metric('memory', 'memory a stream', 'KiB', { per: 'trial', better: 'lower' }),
];

/** One draw of everything; `random` is uniform in [0, 1). */
class Draw {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** About `value`, with an interval of about `width` (a share). */
  estimate(value: number, width: number, rest: Partial<Estimate> = {}): Estimate {
    const drawn = value * (1 + (this.random() - 0.5) * width * 0.5);
    const half = Math.abs(drawn) * width * (0.7 + 0.6 * this.random());
    return {
      ...{ value: drawn, low: drawn - half, high: drawn + half * 1.1 },
      ...{ samples: 21_600, streams: 72, blocks: 9, sampleOnly: false },
      ...rest,
    };
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }

  percentiles(median: number, spread: number): number[] {
    const values = Array.from({ length: 101 }, () => median * Math.exp(spread * this.normal()));
    return values.sort((a, b) => a - b);
  }

  row(kind: Kind, point: string, factors: Row['factors'], scale: number, verdict: Verdict = 'VALID'): Row {
    const median = kind.delivery * scale;
    const exact = { low: null, high: null, blocks: 1, samples: 300, streams: 1 };
    const [payload, envelope, framing, http] = kind.wire;
    const exactly = (value: number): Estimate => ({ ...this.estimate(value, 0), ...exact, value });
    return {
      ...{ target: kind.name, kind: kind.kind, point, factors, verdict, reasons: REASONS[verdict] },
      ...(kind.name === 'Hono SSE' ? { flags: ['61 % of what the generator can take, limit 50 %'] } : {}),
      ...{ streams: 72, tokens: 21_600, blocks: 9 },
      values: {
        'delivery.p50': { ...this.estimate(median, 0.03), blockValues: [median, null, median * 1.01] },
        'delivery.p95': this.estimate(median * Math.exp(1.64 * kind.spread), 0.06),
        'delivery.p99': { ...this.estimate(median * Math.exp(2.33 * kind.spread), 0.18), sampleOnly: true },
        'ttft.p50': this.estimate(200 + median, 0.01, { samples: 72 }),
        stalls: { ...this.estimate(kind.delivery > 10 ? 0.31 : 0.02, 0.1) },
        jitter: this.estimate(median * 0.3, 0.08),
        throughput: this.estimate(98, 0.01, { samples: 72 }),
        cpu: this.estimate(kind.cpu * (0.9 + 0.1 * scale), 0.05, { samples: 9 }),
        requests: exactly(kind.requests),
        'wire.payload': exactly(payload),
        'wire.envelope': exactly(envelope),
        'wire.framing': exactly(framing),
        'wire.http': exactly(http),
        'wire.up': exactly(kind.requests * 1.4),
        memory: { ...this.estimate(60, 0.1), value: null, low: null, high: null },
      },
      deliveryPercentilesMs: this.percentiles(median, kind.spread),
    };
  }
}

const REASONS: Readonly<Record<Verdict, readonly string[]>> = {
  VALID: [],
  CONTAMINATED: ['4.1 % of the processor time was stolen in block 3'],
  'GENERATOR-LIMITED': ['the generator used 93 % of its processor', 'streams were issued 41 ms late (p99)'],
  INVALID: ['stream 17 of block 2 lost 1 event'],
};

const MARGIN = { relative: 0.05, absolute: 0.2 };

/** Words as an honest comparison would find them: from the ratio's interval and the margin. */
function compare(draw: Draw, scenario: Pick<ScenarioReport, 'rows' | 'columns'>, reference: string): Comparison[] {
  return scenario.rows.flatMap((row) => {
    const base = scenario.rows.find(({ target, point }) => target === reference && point === row.point);
    if (!base || row.target === reference || row.verdict !== 'VALID') return [];
    return scenario.columns.flatMap((id): Comparison[] => {
      const [mine, theirs] = [row.values[id]?.value, base.values[id]?.value];
      if (!mine || !theirs) return [];
      const unsure = draw.random() < 0.08;
      const ratio = draw.estimate(mine / theirs, unsure ? 0.4 : 0.02, { samples: 9 });
      const scaled = (value: number | null) => (value === null ? null : (value - 1) * theirs);
      const difference = { ...ratio, value: mine - theirs, low: scaled(ratio.low), high: scaled(ratio.high) };
      const word = wordOf(id, ratio, difference, theirs);
      const why = word === 'inconclusive' ? 'the interval of the ratio holds 1 and is wider than the margin' : '';
      return [
        {
          ...{ metric: id, point: row.point, target: row.target, reference },
          word,
          ratio,
          difference,
          margin: MARGIN,
          why,
        },
      ];
    });
  });
}

function wordOf(id: string, ratio: Estimate, difference: Estimate, theirs: number): Word {
  const margin = Math.max(MARGIN.relative * theirs, id.includes('delivery') ? MARGIN.absolute : 0);
  const [low, high] = [difference.low ?? 0, difference.high ?? 0];
  if (low >= -margin && high <= margin) return 'equivalent';
  if (low <= 0 && high >= 0) return 'inconclusive';
  const less = high < 0;
  if (id.startsWith('wire') || id === 'requests' || id === 'cpu') return less ? 'less' : 'more';
  return less ? 'faster' : 'slower';
}

interface Point {
  readonly point: string;
  readonly factors: Row['factors'];
  /** How much slower all are there; or one of them. */
  readonly scale: (kind: Kind) => number;
  readonly verdictOf?: (kind: Kind) => Verdict;
}

const ONE: readonly Point[] = [{ point: '', factors: {}, scale: () => 1 }];

const STREAMS: readonly Point[] = [1, 10, 50, 100, 200, 500].map((streams) => ({
  point: `${streams} streams`,
  factors: { streams },
  scale: ({ cpu }) => 1 + (streams / 400) ** 2 * (cpu / 30),
  verdictOf: ({ name }) => (streams === 500 && name === 'websocket' ? 'GENERATOR-LIMITED' : 'VALID'),
}));

const NETWORKS: readonly Point[] = (
  [
    ['loopback', 0],
    ['broadband', 12],
    ['mobile', 60],
    ['lossy', 95],
    ['satellite', 310],
  ] as const
).map(([network, delay]) => ({
  point: network,
  factors: { network },
  scale: ({ delivery, requests }) => 1 + (delay * Math.min(requests, 3)) / delivery,
  verdictOf: ({ name }) => (network === 'lossy' && name === 'chunked' ? 'CONTAMINATED' : 'VALID'),
}));

const PROXIES: readonly Point[] = ['none', 'nginx stock', 'nginx documented', 'HAProxy', 'Caddy'].map((proxy) => ({
  point: proxy,
  factors: { proxy },
  scale: ({ name, delivery }) => (proxy === 'nginx stock' && !name.includes('poll') ? 480 / delivery : 1.1),
  verdictOf: ({ name }) => (proxy === 'HAProxy' && name === 'sse' ? 'INVALID' : 'VALID'),
}));

interface Plan {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly kinds: readonly Kind[];
  readonly points: readonly Point[];
  readonly columns: readonly string[];
  readonly axis?: string;
  readonly notes?: readonly string[];
}

const WIRE = ['wire.payload', 'wire.envelope', 'wire.framing', 'wire.http', 'wire.up'];

const PLANS: readonly Plan[] = [
  {
    ...{ name: 'steady', title: 'A steady stream', kinds: KINDS, points: ONE },
    question: 'What does a transport add to each token of an answer that flows at 100 tokens a second?',
    columns: [
      'delivery.p50',
      'delivery.p95',
      'delivery.p99',
      'ttft.p50',
      'jitter',
      'stalls',
      'throughput',
      'cpu',
      'requests',
      ...WIRE,
    ],
    notes: [
      'Flush policy: every server writes what it has as soon as it has it, with noDelay.',
      'ws: writes each token in a frame and a system call of its own; HTTP joins what is written in one turn.',
      'Socket.IO polling: its own long polling, not ours.',
    ],
  },
  {
    ...{ name: 'streams', title: 'Many streams', kinds: OURS, points: STREAMS, axis: 'streams' },
    question: 'How do delay and cost grow with the number of concurrent streams, and where is the knee?',
    columns: ['delivery.p50', 'delivery.p99', 'cpu', 'memory'],
  },
  {
    ...{ name: 'networks', title: 'Networks', kinds: OURS, points: NETWORKS },
    question: 'Which mode wins on which network?',
    columns: ['delivery.p50', 'ttft.p50'],
    notes: ['Networks are made above TCP: no loss of packets.'],
  },
  {
    ...{ name: 'proxies', title: 'Behind a proxy', kinds: OURS, points: PROXIES },
    question: 'What do proxies of Debian break, as shipped and as documented?',
    columns: ['delivery.p50', 'ttft.p50'],
  },
  {
    ...{ name: 'poll-interval', title: 'Poll interval', kinds: OURS.slice(3), axis: 'interval' },
    question: 'What does a shorter interval buy, and what does it cost?',
    points: [50, 100, 250, 500, 1000].map((interval) => ({
      ...{ point: `${interval} ms`, factors: { interval } },
      scale: ({ name }) => (name === 'short-poll' ? interval / 250 : 1),
    })),
    columns: ['delivery.p50', 'requests', 'cpu'],
  },
];

function scenarioOf(draw: Draw, plan: Plan): ScenarioReport {
  const { name, title, question, columns, kinds, points } = plan;
  const rows = points.flatMap((point) =>
    kinds.map((kind) =>
      draw.row(kind, point.point, point.factors, point.scale(kind), point.verdictOf?.(kind) ?? 'VALID'),
    ),
  );
  const reference = kinds.some((kind) => kind.name === 'sse') ? 'sse' : 'long-poll';
  const comparisons = compare(draw, { rows, columns }, reference);
  const answer = `In the median ${rows[0]?.target} takes ${rows[0]?.values['delivery.p50']?.value?.toFixed(2)} ms; the rest is in the table.`;
  return {
    name,
    title,
    question,
    answer,
    reference,
    columns,
    rows,
    comparisons,
    notes: plan.notes ?? [],
    axis: plan.axis ?? null,
  };
}

const WORDS =
  'The keeper climbs the stairs of the lighthouse each evening and trims the wick before the first ship passes the rocks'.split(
    ' ',
  );

/** Texts that want to be more than text. */
export const HOSTILE = [
  '<img src=x onerror="document.title=\'owned\'">',
  '</script><script>document.title="owned"</script>',
  '\u2028\u2029',
  ' <!-- ',
  '=HYPERLINK("x") | `pipe`',
];

function laneOf(draw: Draw, kind: Kind, tokens: readonly string[], dueMs: readonly number[]): ReplayLane {
  const poll = kind.name === 'long-poll' ? 100 : kind.name === 'short-poll' ? 250 : 0;
  const arrivalsMs = dueMs.map((due, index) => {
    const stall = kind.name === 'chunked' && index > 80 && index <= 110 ? (dueMs[111] ?? due) - due : 0;
    const ready = due + 1 + draw.random() * kind.delivery * 0.2 + stall;
    return poll === 0 ? ready : Math.ceil(ready / poll) * poll + 3;
  });
  for (let index = 1; index < arrivalsMs.length; index += 1)
    arrivalsMs[index] = Math.max(arrivalsMs[index] ?? 0, arrivalsMs[index - 1] ?? 0);
  return { target: kind.name, kind: kind.kind, tokens, arrivalsMs, dueMs };
}

function replayOf(draw: Draw, hostile: boolean): ReplayLane[] {
  const texts = Array.from({ length: 180 }, (_, index) => `${WORDS[index % WORDS.length]} `);
  if (hostile) texts.splice(2, HOSTILE.length, ...HOSTILE);
  let at = 200;
  const dueMs = texts.map(() => (at += 12 + 16 * draw.random()));
  return [...OURS, ...KINDS.slice(8, 11)].map((kind) => laneOf(draw, kind, texts, dueMs));
}

const manifest: Manifest = {
  ...{ createdAt: '2026-01-02T03:04:05.678Z', plan: 'full', seed: 7, blocks: 9, commit: '1f8658d+', node: 'v20.19.0' },
  ...{
    v8: '11.3.244.8',
    platform: 'linux',
    arch: 'x64',
    osRelease: '6.8.0',
    cpuModel: 'Some CPU @ 2.40GHz',
    cpuCount: 2,
  },
  ...{ memoryBytes: 8 * 2 ** 30, pinned: { server: 0, generator: 1 }, versions: { ws: '8.23.0', nginx: '1.26.3' } },
  ...{
    missing: ['TanStack AI'],
    networks: { mobile: 'fault proxy, above TCP, no loss' },
    argv: ['full', '--seed', '7'],
  },
  traces: {
    ['ab'.repeat(32)]: {
      ...{ name: 'steady', seed: 7, tokens: 4, tokensPerSecond: 100, textSha256: 'cd'.repeat(32) },
      offsetsUs: [0, 10_000, 20_500, 30_250],
    },
  },
};

/** Draws a report. The same seed draws the same one. */
export function makeReport({ seed = 7, hostile = false }: { seed?: number; hostile?: boolean } = {}): LabReport {
  const draw = new Draw(seed);
  return {
    methodology: 'tokenwire-bench/1',
    manifest,
    metrics: Object.fromEntries(METRICS.map((one) => [one.id, one])),
    instrument: {
      aa: { comparisons: 40, found: [] },
      ceiling: { chunked: 184_000, sse: 171_000, websocket: 210_000 },
      floor: { 'delivery.p50': 0.031, 'delivery.p99': 0.4, cpu: 1.2 },
      knownDelay: { injectedMs: 40, seenMs: 40.12, errorMs: 0.12 },
      secondOpinion: { name: 'autocannon', oursMs: 3012, theirsMs: 3040, ratio: 0.991 },
    },
    scenarios: PLANS.map((plan) => scenarioOf(draw, plan)),
    excluded: [
      {
        ...{ trial: 31, scenario: 'streams', target: 'websocket', point: '500 streams', block: 2 },
        ...{ verdict: 'GENERATOR-LIMITED', reasons: REASONS['GENERATOR-LIMITED'] },
      },
      {
        ...{ trial: 44, scenario: 'proxies', target: 'sse', point: 'HAProxy', block: 2 },
        ...{ verdict: 'INVALID', reasons: REASONS.INVALID },
      },
    ],
    replay: replayOf(draw, hostile),
  };
}
