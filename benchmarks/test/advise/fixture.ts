import { labReport, type ShortRow, type Value } from '../support/lab-report.js';

const around = (value: number, share = 0.02): Value => [value, value * (1 - share), value * (1 + share)];

/** delivery p50, p99, TTFT, CPU and requests of each mode, over loopback. */
const STEADY = {
  chunked: [0.86, 2.2, 103, 30, 1],
  sse: [0.88, 2.1, 103, 33, 1],
  websocket: [0.81, 3.1, 105, 31, 1],
  'long-poll': [51.7, 103, 140, 60, 13],
  'short-poll': [137, 252, 250, 55, 9],
  batch: [900, 1_900, 2_100, 20, 1],
} as const;
type Mode = keyof typeof STEADY;
const MODES = Object.keys(STEADY) as Mode[];
const PUSHING = ['chunked', 'sse', 'websocket'] as const;

function times(mode: Mode, addMs = 0, factor = 1): Record<string, Value> {
  const [p50, p99, ttft, cpu, requests] = STEADY[mode];
  return {
    'delivery.p50': around(p50 * factor + addMs),
    'delivery.p99': around(p99 * factor + addMs),
    'ttft.p50': around(ttft + addMs),
    'serverCpuSteady.median': around(cpu),
    'serverCpu.median': around(cpu * 2),
    'requests.mean': requests,
  };
}

const streams = (count: number, factor: number): ShortRow[] =>
  PUSHING.map((mode) => ({
    target: `${mode}, bare reader`,
    point: `${count} streams`,
    factors: { streams: count },
    values: times(mode, 0, factor),
  }));

function poll(target: 'long-poll' | 'short-poll', intervalMs: number, requests: number): ShortRow {
  const point = `${target === 'long-poll' ? 'at most ' : ''}every ${intervalMs} ms`;
  const values = {
    ...times(target),
    'delivery.p50': around(intervalMs / 2),
    'delivery.p99': around(intervalMs * 1.02),
    'requests.mean': requests,
  };
  return { target, point, factors: { intervalMs }, values };
}

const network = (name: string, ms: Readonly<Partial<Record<Mode, number>>>): ShortRow[] =>
  MODES.filter((mode) => mode !== 'batch').map((mode) => ({
    target: mode,
    point: name,
    factors: { network: name },
    values: times(mode, ms[mode]),
  }));

const SHOWN = { none: 'no proxy', stock: 'nginx, as shipped', documented: 'nginx, documented' } as const;

const proxy = (variant: keyof typeof SHOWN, broken: readonly Mode[] = []): ShortRow[] =>
  MODES.filter((mode) => mode !== 'batch').map((mode) => ({
    target: mode,
    point: SHOWN[variant],
    factors: { proxy: variant === 'none' ? 'none' : 'nginx', variant },
    values: times(mode, variant === 'none' ? 0.1 : 0.4),
    verdict: broken.includes(mode) ? 'INVALID' : 'VALID',
    reasons: broken.includes(mode) ? ['426 to the upgrade'] : [],
  }));

const NO_DELAY = { chunked: 0, sse: 0, websocket: 0, 'long-poll': 0, 'short-poll': 0 } as const;
const SATELLITE = { chunked: 300, sse: 300, websocket: 300, 'long-poll': 640, 'short-poll': 330 } as const;
const BYTES = { chunked: 98, sse: 140, websocket: 111, 'long-poll': 170, 'short-poll': 138, batch: 11 } as const;

/** Everything that the laboratory measures, with made-up figures. */
export const SCENARIOS = {
  steady: MODES.map((mode) => ({ target: mode, values: times(mode) })),
  streams: [...streams(50, 1), ...streams(200, 1.2), ...streams(800, 3)],
  knee: [...PUSHING, 'long-poll' as const].map((mode) => ({
    target: mode === 'long-poll' ? mode : `${mode}, bare reader`,
    values: { 'kneeStreams.median': 1_000, 'kneeTokensPerSecond.median': 20_000, 'brokenBy.median': 1 },
  })),
  'fan-out': PUSHING.flatMap((mode) =>
    [1, 100].map((readers) => ({ target: mode, factors: { readers }, values: times(mode, readers / 10) })),
  ),
  cut: PUSHING.map((mode) => ({
    target: mode,
    point: 'reset',
    factors: { ending: 'reset' },
    values: { 'lost.mean': 0, 'doubled.mean': 0, 'noticeMs.p50': 0.4, 'resumeMs.p50': around(28) },
  })),
  stop: MODES.map((mode) => ({ target: mode, values: { 'stopReceipt.p50': around(2.3) } })),
  idle: [...PUSHING, 'long-poll' as const].map((mode) => ({ target: mode, values: { 'rssKiB.median': around(20) } })),
  poll: [
    ...[100, 250, 500].map((ms) => poll('short-poll', ms, 4_000 / ms)),
    ...[10, 50, 100].map((ms) => poll('long-poll', ms, 3_000 / ms)),
  ],
  network: [...network('loopback', NO_DELAY), ...network('satellite', SATELLITE)],
  proxies: [...proxy('none'), ...proxy('stock', ['websocket']), ...proxy('documented')],
  wire: MODES.map((mode) => ({ target: mode, values: { 'wire.down': BYTES[mode], 'wire.up': 5 } })),
} satisfies Readonly<Record<string, readonly ShortRow[]>>;

export const REPORT = labReport(SCENARIOS);
