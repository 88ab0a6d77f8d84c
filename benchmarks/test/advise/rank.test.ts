import { describe, expect, it } from 'vitest';

import { advise, type Advice } from '../../src/advise/rank.js';
import { renderAdvice } from '../../src/advise/render.js';
import { DEFAULTS, type Requirements } from '../../src/advise/requirements.js';
import { labReport, type ShortRow } from '../support/lab-report.js';
import { REPORT, SCENARIOS } from './fixture.js';

const ask = (asked: Partial<Requirements>, report = REPORT): Advice => advise({ ...DEFAULTS, ...asked }, report);
const order = ({ ranking }: Advice) => ranking.map(({ mode }) => mode);
const reasonsFor = ({ excluded }: Advice, mode: string) => excluded.find((one) => one.mode === mode)?.exclusions ?? [];
const first = ({ ranking }: Advice) => ranking[0] ?? expect.fail('nothing is recommended');
const origin = { path: 'report.json', createdAt: '2026-01-02', plan: 'full' };
/** The report with some scenarios exchanged. */
const changed = (changes: Readonly<Record<string, readonly ShortRow[]>>) => labReport({ ...SCENARIOS, ...changes });

describe('a ranking', () => {
  it('takes the least work among modes whose latency is equivalent, and says so', () => {
    const advice = ask({});
    expect(order(advice)).toEqual(['sse', 'chunked', 'websocket', 'long-poll', 'short-poll', 'batch']);
    expect(first(advice).above).toEqual({ by: 'effort', tie: 'D p50 is equivalent', uncertain: false });
    expect(renderAdvice(advice, origin)).toContain(
      'sse before chunked: D p50 is equivalent, a tie; less work (0 against 2)',
    );
  });

  it('calls a tie what the intervals cannot tell apart, in other words', () => {
    const wide = SCENARIOS.streams.map((row) => ({
      ...row,
      values: { ...row.values, 'delivery.p50': [3, 1, 5] as const },
    }));
    const advice = ask({}, changed({ streams: wide }));
    expect(first(advice).above?.tie).toBe('D p50 cannot be told apart');
  });

  it('does not call a tie what is more than twice as late, however badly it was measured', () => {
    const noisy = SCENARIOS.streams.map((row) => {
      const late = row.target.startsWith('sse') ? 90 : 10;
      return { ...row, values: { ...row.values, 'delivery.p50': [late, 1, 95] as const } };
    });
    const advice = ask({}, changed({ streams: noisy }));
    expect(order(advice).slice(0, 4)).toEqual(['chunked', 'websocket', 'long-poll', 'sse']);
    expect(advice.ranking[2]?.above?.by).toBe('latency');
    expect(renderAdvice(advice, origin)).toContain('25.0 against 90.0, though the intervals do not tell them apart');
  });

  it('does not call a tie what differs beyond margin and intervals', () => {
    const late = SCENARIOS.streams.map((row) =>
      row.target.startsWith('sse')
        ? { ...row, values: { ...row.values, 'delivery.p50': [9, 8.9, 9.1] as const } }
        : row,
    );
    const advice = ask({}, changed({ streams: late }));
    expect(order(advice).slice(0, 3)).toEqual(['chunked', 'websocket', 'sse']);
    expect(advice.ranking[1]?.above).toEqual({ by: 'latency', tie: null, uncertain: false });
  });

  it('lets the objective decide before anything else', () => {
    const advice = ask({ priority: 'bytes' });
    const objectives = advice.ranking.map(({ objective }) => objective);
    expect(objectives).toEqual(['met', 'met', 'met', 'met', 'missed', 'missed']);
    expect(order(advice)).toEqual(['chunked', 'websocket', 'sse', 'long-poll', 'batch', 'short-poll']);
    expect(advice.ranking[3]?.above).toEqual({ by: 'objective', tie: null, uncertain: false });
    expect(order(ask({ priority: 'bytes', latencyObjectiveMs: 5_000 }))[0]).toBe('batch');
  });

  it('ranks by bytes, cost or work when asked to', () => {
    expect(order(ask({ priority: 'bytes' }))[0]).toBe('chunked');
    expect(order(ask({ priority: 'cost' })).slice(0, 2)).toEqual(['chunked', 'websocket']);
    expect(order(ask({ priority: 'simplicity' }))[0]).toBe('sse');
  });

  it('is the same for the same question', () => {
    expect(renderAdvice(ask({ streams: 300 }), origin)).toBe(renderAdvice(ask({ streams: 300 }), origin));
  });

  it('prefers WebSocket when the reader talks while it listens', () => {
    expect(order(ask({ bidirectional: true }))[0]).toBe('websocket');
  });
});

describe('figures', () => {
  it('2 000 streams are split among processes at the knee, and taken from the nearest point', () => {
    const { capacity, values } = first(ask({ streams: 2_000 }));
    expect(capacity).toMatchObject({ knee: 1_000, atLeast: false, processes: 2, streamsEach: 1_000 });
    expect(values.latency.value).toBeCloseTo(0.88 * 3);
    expect(values.latency.from).toEqual(['streams · sse, bare reader · 800 streams', 'nearest to 1000 streams']);
    expect(ask({ streams: 2_000 }).gaps).toEqual(['1000 streams in one process were not measured, 800 were']);
    expect(values.processors.value).toBeCloseTo((33 * 2_000 * 20) / 1e6);
    expect(values.memory.value).toBeCloseTo(20 * 2_000);
  });

  it('between two points they are interpolated, with an interval', () => {
    const { latency } = first(ask({ streams: 500 })).values;
    expect(latency.value).toBeCloseTo(0.88 * (1.2 + 3) * 0.5);
    expect(latency.from.at(-1)).toBe('interpolated to 500 streams');
    expect(latency.low).toBeLessThan(latency.value ?? 0);
    expect(latency.high).toBeGreaterThan(latency.value ?? Infinity);
  });

  it('on a measured point they are the measured ones', () => {
    const { latency } = first(ask({ streams: 800 })).values;
    expect(latency).toMatchObject({ value: 0.88 * 3, from: ['streams · sse, bare reader · 800 streams'] });
  });

  it('readers of one answer are looked up in fan-out', () => {
    expect(first(ask({ readers: 100 })).values.latency).toMatchObject({ from: ['fan-out · sse'] });
    expect(first(ask({ readers: 100 })).values.latency.value).toBeCloseTo(10.88);
  });

  it('polling takes the point with the fewest requests within the objective', () => {
    const long = ask({ latencyObjectiveMs: 60 }).ranking.find(({ mode }) => mode === 'long-poll');
    expect(long?.poll).toEqual({ point: 'at most every 50 ms', intervalMs: 50, streams: 50 });
    const short = ask({ latencyObjectiveMs: 60 }).ranking.find(({ mode }) => mode === 'short-poll');
    expect(short).toMatchObject({ objective: 'missed', poll: { intervalMs: 100 } });
    expect(ask({ latencyObjectiveMs: 600 }).ranking.find(({ mode }) => mode === 'short-poll')?.poll?.intervalMs).toBe(
      500,
    );
  });

  it('what the network adds is added to the load, and named', () => {
    const advice = ask({ network: 'satellite', latencyObjectiveMs: 500 });
    expect(order(advice).slice(0, 3)).toEqual(['sse', 'chunked', 'websocket']);
    const { latency } = first(advice).values;
    expect(latency.value).toBeCloseTo(300.94, 1);
    expect(latency.from).toEqual([
      'streams · sse, bare reader · 50 streams',
      'streams · sse, bare reader · 200 streams',
      'interpolated to 100 streams',
      'network · sse · satellite',
      'less network · sse · loopback',
    ]);
    expect(advice.ranking.at(-1)).toMatchObject({ mode: 'batch', objective: 'missed' });
    expect(advice.ranking.find(({ mode }) => mode === 'long-poll')?.objective).toBe('missed');
  });

  it('those that are missing are said to be, and not invented', () => {
    const advice = ask({ network: 'mobile', proxy: 'caddy' }, labReport({ steady: SCENARIOS.steady }));
    const { values, capacity } = first(advice);
    expect(values.latency).toMatchObject({ value: 0.88, from: ['steady · sse'] });
    expect(values.bytes).toMatchObject({ value: null, missing: 'no valid row of wire · sse' });
    expect(capacity.knee).toBeNull();
    expect(advice.gaps).toEqual([
      'no figures of the network mobile: the times are those of one machine',
      'no figures of caddy (documented): only what its documentation says is considered',
      'no figures of concurrent streams: nothing is said of 100 at once',
      'no wire ledger: nothing is said of bytes',
    ]);
    expect(renderAdvice(advice, origin)).toContain('B/token: none; no valid row of wire · sse');
  });

  it('a mode without the deciding figure comes after those that have it', () => {
    const advice = ask({ priority: 'bytes', latencyObjectiveMs: 5_000 }, changed({ wire: SCENARIOS.wire.slice(0, 1) }));
    expect(order(advice)[0]).toBe('chunked');
  });

  it('rows that are not VALID are named and not used', () => {
    const limited = SCENARIOS.streams.map((row) => ({
      ...row,
      verdict: 'GENERATOR-LIMITED' as const,
      reasons: ['90 %'],
    }));
    const advice = ask({ streams: 800 }, changed({ streams: limited }));
    expect(first(advice).values.latency.from).toEqual(['steady · sse']);
    expect(advice.unused).toContainEqual(
      expect.objectContaining({ scenario: 'streams', target: 'sse, bare reader', verdict: 'GENERATOR-LIMITED' }),
    );
    expect(renderAdvice(advice, origin)).toContain('streams · sse, bare reader · 800 streams: GENERATOR-LIMITED, 90 %');
  });

  it('a percentile that a sample does not carry is not used, and the median judges', () => {
    const few = SCENARIOS.streams.map(({ values, ...row }) => {
      const { 'delivery.p99': _, ...rest } = values;
      return Object.assign(row, { values: rest });
    });
    const steady = SCENARIOS.steady.map(({ target }) => ({ target, values: {} }));
    const advice = ask({}, changed({ streams: few, steady }));
    expect(first(advice)).toMatchObject({ objective: 'met', values: { tail: { value: null } } });
    expect(renderAdvice(advice, origin)).toContain('Judged by the median');
  });

  it('a process that kept nothing is no measure of processes', () => {
    const none = SCENARIOS.knee.map(({ target }) => ({
      target,
      values: { 'kneeStreams.median': 0, 'kneeTokensPerSecond.median': 0, 'brokenBy.median': 1 },
    }));
    const advice = ask({ streams: 500 }, changed({ knee: none }));
    expect(first(advice).capacity).toMatchObject({ knee: 0, processes: 1, streamsEach: 500 });
    expect(renderAdvice(advice, origin)).toContain('did not even keep the fewest streams');
  });

  it('a report without any valid figure ranks by work, and says so', () => {
    const nothing = SCENARIOS.steady.map(({ target, values }) => ({
      target,
      values,
      verdict: 'CONTAMINATED' as const,
    }));
    const advice = ask({}, labReport({ steady: nothing }));
    expect(order(advice)[0]).toBe('sse');
    expect(first(advice)).toMatchObject({
      objective: 'unknown',
      above: { by: 'effort', tie: 'no D p50 of both', uncertain: false },
    });
    expect(renderAdvice(advice, origin)).toContain('The report has no valid D p50 of it: it is ranked by the work');
    expect(advice.unused).toHaveLength(6);
  });

  it('the second place costs differences with intervals', () => {
    const advice = ask({ streams: 200, priority: 'bytes' });
    expect(order(advice).slice(0, 2)).toEqual(['chunked', 'websocket']);
    const bytes = advice.secondPlace.find(({ figure }) => figure === 'bytes');
    expect(bytes?.difference).toMatchObject({ value: 13, low: null, word: 'more' });
    const cpu = advice.secondPlace.find(({ figure }) => figure === 'cpu');
    expect(cpu?.difference.value).toBeCloseTo(1);
    expect(cpu?.difference.low).toBeLessThan(0);
    expect(cpu?.difference.word).toBe('inconclusive');
    expect(renderAdvice(advice, origin)).toContain('B/token +13 B (no interval), +13 %, more');
  });
});

describe('exclusions', () => {
  it('stock nginx: what broke when it was measured is excluded, with the line that repairs it', () => {
    const advice = ask({ proxy: 'nginx', proxyConfig: 'stock' });
    expect(order(advice)[0]).toBe('sse');
    const [exclusion] = reasonsFor(advice, 'websocket');
    expect(exclusion?.reason).toBe('broken behind it: 426 to the upgrade');
    expect(exclusion?.lift).toContain('proxy_set_header Upgrade $http_upgrade;');
    expect(first(advice).values.latency.from).toContain('proxies · sse · nginx, as shipped');
  });

  it('stock nginx without a measurement: its documentation speaks', () => {
    const advice = ask({ proxy: 'nginx', proxyConfig: 'stock' }, changed({ proxies: [] }));
    expect(reasonsFor(advice, 'websocket')[0]?.source).toContain('nginx.org');
    expect(advice.gaps).toContain('no figures of nginx (stock): only what its documentation says is considered');
  });

  it('a measured row is believed against the documentation', () => {
    const works = SCENARIOS.proxies.map((row) => ({ ...row, verdict: 'VALID' as const }));
    const advice = ask({ proxy: 'nginx', proxyConfig: 'stock' }, changed({ proxies: works }));
    expect(reasonsFor(advice, 'websocket')).toEqual([]);
  });

  it('documented nginx lets all modes through, and its lines are shown', () => {
    const advice = ask({ proxy: 'nginx' });
    expect(advice.excluded).toEqual([]);
    expect(renderAdvice(advice, origin)).toContain('nginx: proxy_buffering off;');
  });

  it('resume over plain text is impossible', () => {
    const advice = ask({ reader: 'curl', plainText: true, resume: 'required' });
    expect(order(advice)).toEqual(['batch']);
    expect(reasonsFor(advice, 'chunked')[0]?.lift).toContain('application/x-ndjson');
    expect(order(ask({ reader: 'curl', plainText: true, resume: 'no' }))[0]).toBe('chunked');
  });

  it('serverless with 10 s leaves polling', () => {
    const advice = ask({ serverless: true, maxResponseSeconds: 10 });
    expect(order(advice)).toEqual(['long-poll', 'short-poll']);
    for (const mode of ['sse', 'chunked', 'websocket', 'batch']) expect(reasonsFor(advice, mode).length).toBe(1);
    expect(renderAdvice(advice, origin)).toContain('waitSeconds: 9 in the client');
  });

  it('a limit of responses is none for answers that are shorter', () => {
    expect(ask({ maxResponseSeconds: 60 }).excluded).toEqual([]);
    expect(order(ask({ maxResponseSeconds: 20 }))).toEqual(['long-poll', 'short-poll']);
  });

  it('the seventh tab needs a socket, short polls or HTTP/2', () => {
    expect(order(ask({ tabs: 7 }))).toEqual(['websocket', 'short-poll']);
    expect(reasonsFor(ask({ tabs: 7 }), 'sse')[0]?.lift).toContain('--http2');
    expect(ask({ tabs: 7, http: 2 }).excluded).toEqual([]);
    expect(ask({ tabs: 6 }).excluded).toEqual([]);
  });

  it('a mode that lost events is out when resuming is required', () => {
    const lossy = [
      ...SCENARIOS.cut.filter(({ target }) => target !== 'sse'),
      { target: 'sse', point: 'reset', factors: { ending: 'reset' }, values: { 'lost.mean': 0.5 } },
    ];
    const report = changed({ cut: lossy });
    expect(reasonsFor(ask({ resume: 'required' }, report), 'sse')[0]?.reason).toContain('lost.mean = 0.5');
    expect(reasonsFor(ask({}, report), 'sse')).toEqual([]);
  });

  it('nothing left is said plainly, with what would let modes in', () => {
    const advice = ask({ plainText: true, resume: 'required', maxResponseSeconds: 5 });
    expect(advice.ranking).toEqual([]);
    expect(renderAdvice(advice, origin)).toContain('Nothing fits');
  });
});

describe('work', () => {
  const workOf = (advice: Advice, mode: string) =>
    advice.ranking.find((one) => one.mode === mode)?.costs.map(({ text }) => text) ?? [];

  it('headers cost WebSocket a ticket, and SSE its EventSource', () => {
    const advice = ask({ auth: 'header' });
    expect(workOf(advice, 'websocket').join()).toContain('ticket');
    expect(workOf(advice, 'sse').join()).toContain('EventSource');
    expect(workOf(advice, 'chunked').join()).not.toContain('ticket');
  });

  it('a stop that is required speaks against polling more than one that is wanted', () => {
    const weights = (stop: Requirements['stop']) =>
      ask({ stop, proxy: 'none' }).ranking.map(({ mode, costs }) => [
        mode,
        costs.filter(({ text }) => text.includes('left')),
      ]);
    const of = (stop: Requirements['stop']) =>
      Object.fromEntries(weights(stop)) as Record<string, { weight: number }[]>;
    expect(of('required')['long-poll']?.[0]?.weight).toBe(3);
    expect(of('wanted')['long-poll']?.[0]?.weight).toBe(1);
    expect(of('no')['long-poll']).toEqual([]);
    expect(of('required')['sse']).toEqual([]);
  });

  it('an unknown proxy speaks against modes that it could hold back', () => {
    const advice = ask({ proxy: 'unknown' });
    expect(workOf(advice, 'sse').join()).toContain('collects responses');
    expect(renderAdvice(advice, origin)).toContain('npm run doctor -- <url>');
  });
});
