/** Every series on one stream that is small enough to be worked out by hand. */
import { describe, expect, it } from 'vitest';

import { DIALECTS, dialectMetrics, inDialect } from '../../src/metrics/dialect.js';
import { METRICS, metricOf } from '../../src/metrics/registry.js';
import { seriesOf } from '../../src/metrics/series.js';
import { viewOf } from '../../src/metrics/view.js';
import type { TraceSummary } from '../../src/raw/manifest.js';
import type { RawStream, RawTrial } from '../../src/raw/raw.js';
import { SCENARIOS } from '../../src/scenarios/index.js';
import { fakeScenario, useOf } from '../support/synthetic.js';

// Due 100, 120, 140 and 160 ms after the server's start at 2 ms; written 1 ms later each; tokens 2 and 3 come together.
const TRACE: TraceSummary = {
  name: 'hand',
  seed: 1,
  tokens: 4,
  tokensPerSecond: 50,
  textSha256: 'text',
  offsetsUs: [100_000, 120_000, 140_000, 160_000],
};

const STREAM: RawStream = {
  kind: 'stream',
  trial: 1,
  index: 0,
  scheduledMs: 5_000,
  startUs: 500,
  headersUs: 1_500,
  firstByteUs: 103_000,
  endUs: 170_000,
  trace: 'hash',
  dueStartUs: 2_000,
  slipUs: [1_000, 1_000, 1_000, 1_000],
  // Arrivals: 104, 145, 145 and 164 ms.
  transportUs: [1_000, 22_000, 2_000, 1_000],
  chunkTokens: [1, 2, 1],
  sha256: 'text',
  requests: 3,
  reconnects: 1,
  lost: 0,
  doubled: 0,
  extra: { noticeMs: 12 },
};

const TRIAL: RawTrial = {
  kind: 'trial',
  trial: 1,
  scenario: 'fake',
  block: 1,
  target: 'a',
  point: '',
  factors: {},
  startedAt: '',
  durationMs: 1_000,
  streams: 1,
  tokens: 4,
  server: useOf(400),
  steady: { server: useOf(100), tokens: 2 },
  generator: useOf(800),
  lagP99Ms: 0.5,
  machine: { stealShare: 0.01, othersBusy: null },
  values: { upBytes: 77 },
  verdict: 'VALID',
  reasons: [],
};

function valuesOf(name: string, stream: RawStream = STREAM): number[] {
  const view = viewOf(TRIAL, [stream], { hash: TRACE });
  return Array.from(seriesOf(view, [name]).get(name) ?? []);
}

describe('series of tokens', () => {
  it.each([
    ['delivery', [2, 23, 3, 2]],
    ['slip', [1, 1, 1, 1]],
    ['transport', [1, 22, 2, 1]],
    ['itl', [41, 0, 19]],
    ['gap', [41, 19]],
    ['tokensPerChunk', [1, 2, 1]],
    // (145 − 104) − (123 − 103) = 21, (145 − 145) − 20 = −20, (164 − 145) − 20 = −1.
    ['jitter', [21, 20, 1]],
  ])('%s', (name, expected) => {
    expect(valuesOf(name)).toEqual(expected);
  });

  it('have no time between tokens of one chunk, whatever the clock said', () => {
    const apart = { ...STREAM, transportUs: [1_000, 22_000, 2_030, 1_000] };
    expect(valuesOf('itl', apart)).toEqual([41, 0, 19]);
  });
});

describe('series of streams', () => {
  it.each([
    ['ttft', [104]],
    ['addedTtft', [2]],
    ['headers', [1.5]],
    ['firstByte', [103]],
    ['tpot', [20]],
    ['ttlt', [164]],
    ['ttltPerToken', [41]],
    ['done', [170]],
    ['streamRate', [50]],
    ['endToEndRate', [4 / 0.164]],
    ['goodput', [1]],
    ['requests', [3]],
    ['reconnects', [1]],
    ['lost', [0]],
    ['doubled', [0]],
    ['lag', [0.5]],
    ['noticeMs', [12]],
  ])('%s', (name, [expected = 0]) => {
    expect(valuesOf(name)).toHaveLength(1);
    expect(valuesOf(name)[0]).toBeCloseTo(expected, 9);
  });

  it('stall is the share of time in which a reader of 10 tokens/s waits', () => {
    expect(valuesOf('stall')).toEqual([0]);
    // Tokens at 104, 504 and 505 ms: it waits from 204 to 504, and has read everything at 704.
    const late = {
      ...STREAM,
      slipUs: [1, 1, 1].map(() => 0),
      transportUs: [2_000, 382_000, 363_000],
      chunkTokens: [1, 1, 1],
    };
    expect(valuesOf('stall', late)[0]).toBeCloseTo(300 / 600, 9);
  });

  it('goodput fails with a late token, a late beginning, another text or a token less', () => {
    const slow = { ...STREAM, transportUs: [1_000, 22_000, 2_000, 101_000] };
    const begins = { ...STREAM, dueStartUs: 950_000 };
    const wrong = { ...STREAM, sha256: 'other' };
    const less = { ...STREAM, slipUs: [0, 0], transportUs: [0, 0] };
    const twice = { ...STREAM, doubled: 1 };
    expect([slow, begins, wrong, less, twice].map((stream) => valuesOf('goodput', stream))).toEqual([
      [0],
      [0],
      [0],
      [0],
      [0],
    ]);
  });
});

describe('a server that cannot tell when tokens were due', () => {
  // Then the way is counted from the scheduled start.
  const untold = {
    ...STREAM,
    dueStartUs: null,
    slipUs: [0, 0, 0, 0],
    transportUs: [104_000, 145_000, 145_000, 164_000],
  };

  it('has no D and nothing that is made of it', () => {
    for (const name of ['delivery', 'slip', 'transport', 'addedTtft', 'jitter', 'goodput', 'goodStreamRate']) {
      expect(valuesOf(name, untold), name).toEqual([]);
    }
  });

  it('has everything that its reader sees', () => {
    expect([valuesOf('ttft', untold), valuesOf('ttlt', untold), valuesOf('tpot', untold)]).toEqual([
      [104],
      [164],
      [20],
    ]);
    expect(valuesOf('itl', untold)).toEqual([41, 0, 19]);
  });
});

describe('series of trials', () => {
  it.each([
    ['serverCpu', 100],
    ['serverCpuUser', 75],
    ['serverCpuSystem', 25],
    ['serverCpuSteady', 50],
    ['generatorCpu', 200],
    ['generatorShare', 0.0004],
    ['serverRss', 80 * 1024],
    ['serverLoopDelay', 1.5],
    ['lagP99', 0.5],
    ['stealShare', 0.01],
    ['systemRate', 4 / 0.164],
    ['goodStreamRate', 1 / 0.164],
    ['upBytes', 77],
  ])('%s', (name, expected) => {
    expect(valuesOf(name)).toHaveLength(1);
    expect(valuesOf(name)[0]).toBeCloseTo(expected, 9);
  });

  it('are empty where nobody can tell', () => {
    expect([valuesOf('othersBusy'), valuesOf('nobodyNotesThis')]).toEqual([[], []]);
  });

  it('are the scenario’s own where it has one', () => {
    const view = viewOf(TRIAL, [STREAM], { hash: TRACE });
    const own = seriesOf(view, ['ttft', 'mine'], () => ({ mine: [1, Number.NaN, 2] }));
    expect([Array.from(own.get('ttft') ?? []), Array.from(own.get('mine') ?? [])]).toEqual([[104], [1, 2]]);
  });
});

describe('metrics', () => {
  it('have a definition, and the id under which they are kept', () => {
    for (const [id, metric] of Object.entries(METRICS)) {
      expect(metric.id).toBe(id);
      expect(metric.definition, id).not.toBe('');
    }
  });

  it('of a scenario’s own series have the unit of its name', () => {
    const units = ['noticedMs.p50', 'sentBytes.mean', 'thingKiB.median', 'odd.p99.9', 'idleShare.median'].map(
      (id) => metricOf(id).unit,
    );
    expect(units).toEqual(['ms', 'bytes', 'KiB', 'count', 'ratio']);
    expect(metricOf('odd.p99.9').statistic).toEqual({ kind: 'percentile', p: 99.9 });
  });

  it('need a statistic', () => {
    for (const id of ['ttft', 'ttft.', 'ttft.max', 'ttft.p100', 'ttft.p0', '.p50', 'constructor']) {
      expect(() => metricOf(id), id).toThrow(RangeError);
    }
  });

  it('are there for every column of every scenario', () => {
    for (const { name, columns, compared = [], metrics = [] } of SCENARIOS) {
      const own = new Set(metrics.map(({ id }) => id));
      for (const id of [...columns, ...compared])
        if (!own.has(id)) expect(() => metricOf(id), `${name}: ${id}`).not.toThrow();
    }
  });
});

describe('dialects', () => {
  const seriesIn = (dialect: (typeof DIALECTS)[number], name: string) =>
    dialectMetrics(dialect).find(({ id }) => id.startsWith(`${dialect}:${name}.`))?.series;

  it('call different things inter-token latency, and time per output token', () => {
    expect(seriesIn('vllm', 'itl_ms')).toBe('gap');
    expect(seriesIn('aiperf', 'inter_token_latency')).toBe('tpot');
    expect(seriesIn('guidellm', 'time_per_output_token_ms')).toBe('ttltPerToken');
    expect(seriesIn('guidellm', 'inter_token_latency_ms')).toBe('tpot');
    expect(seriesIn('otel', 'gen_ai.server.time_per_output_token')).toBe('tpot');
  });

  it.each(DIALECTS)('%s: every name has values of the same raw data', (dialect) => {
    const { columns, metrics = [] } = inDialect(fakeScenario(), dialect);
    expect(columns).toEqual(metrics.map(({ id }) => id));
    expect(new Set(columns).size).toBe(columns.length);
    for (const { id, series } of metrics) expect(valuesOf(series).length, id).toBeGreaterThan(0);
  });
});
