import { describe, expect, it } from 'vitest';

import type { LabReport, Row, ScenarioReport } from '../../src/report/model.js';
import { network } from '../../src/scenarios/network.js';
import { proxies } from '../../src/scenarios/proxies.js';
import { CONTROLS } from '../../src/targets/controls.js';
import { OURS } from '../../src/targets/ours.js';

const ALL = {} as LabReport;

/** A row as the report has it: times by metric, or the reason why there are none. */
function row(target: string, point: string, outcome: Readonly<Record<string, number>> | string): Row {
  const [proxy = '', word = ''] = point.split(', ');
  const variant = { 'as shipped': 'stock', documented: 'documented' }[word] ?? 'none';
  const values = typeof outcome === 'string' ? {} : outcome;
  return {
    target,
    kind: 'ours',
    point,
    factors: { proxy, variant },
    verdict: typeof outcome === 'string' ? 'INVALID' : 'VALID',
    reasons: typeof outcome === 'string' ? [outcome] : [],
    streams: 20,
    tokens: 1_000,
    blocks: 2,
    values: Object.fromEntries(
      Object.entries(values).map(([metric, value]) => [
        metric,
        { value, low: null, high: null, samples: 20, streams: 20, blocks: 2, sampleOnly: true },
      ]),
    ),
    deliveryPercentilesMs: [],
  };
}

const reportOf = (...rows: readonly Row[]) => ({ rows }) as unknown as ScenarioReport;
const late = (ms: number) => ({ 'delivery.p50': ms, 'ttft.p50': 100 + ms });

describe('what the scenario of proxies answers', () => {
  it('names what is broken, why, and the line that repairs it', () => {
    const report = reportOf(
      row('websocket', 'nginx, as shipped', 'block 1: 426 to the upgrade'),
      row('websocket', 'nginx, documented', late(0.6)),
      row('sse', 'nginx, as shipped', late(0.7)),
      row('sse', 'nginx, documented', late(0.6)),
    );
    expect(proxies.answer(report, ALL)).toBe(
      'nginx as shipped: websocket is broken (426 to the upgrade), repaired by `proxy_http_version 1.1;` ' +
        '`proxy_set_header Upgrade $http_upgrade;` `proxy_set_header Connection $connection_upgrade;`.',
    );
  });

  it('names what is held back, by how much, and the line that repairs it', () => {
    const report = reportOf(
      row('sse', 'haproxy, as shipped', late(104)),
      row('sse', 'haproxy, documented', late(0.5)),
      row('long-poll', 'haproxy, as shipped', late(60)),
      row('long-poll', 'haproxy, documented', late(58)),
    );
    expect(proxies.answer(report, ALL)).toBe(
      'haproxy as shipped: sse is held back (104 instead of 0.50 ms), repaired by `option http-no-delay`.',
    );
  });

  it('does not speak of rows that were disturbed', () => {
    const held = row('sse', 'haproxy, as shipped', late(104));
    const report = reportOf({ ...held, verdict: 'CONTAMINATED' }, row('sse', 'haproxy, documented', late(0.5)));
    expect(proxies.answer(report, ALL)).toBe('No valid figures.');
  });

  it('claims no repair that was not seen to work', () => {
    const broken = row('websocket', 'nginx, as shipped', '426 to the upgrade');
    const report = reportOf(broken, row('websocket', 'nginx, documented', 'connection refused'));
    expect(proxies.answer(report, ALL)).toBe('nginx as shipped: websocket is broken (426 to the upgrade).');
    const fine = reportOf(row('sse', 'caddy, as shipped', late(1)), row('sse', 'caddy, documented', late(1)));
    expect(proxies.answer(fine, ALL)).toBe('No proxy breaks anything as it is shipped: 1 of 1 rows count.');
    expect(proxies.answer(reportOf(), ALL)).toBe('No valid figures.');
  });
});

it('the scenario of networks answers with the best and the worst of each profile', () => {
  const report = reportOf(
    row('sse', 'mobile', { 'delivery.p50': 86, 'ttft.p50': 455 }),
    row('websocket', 'mobile', { 'delivery.p50': 87, 'ttft.p50': 640 }),
    row('short-poll', 'mobile', { 'delivery.p50': 240, 'ttft.p50': 610 }),
    row('sse', 'satellite', 'nobody came'),
  );
  expect(network.answer(report, ALL)).toBe(
    'Median delivery latency in ms, best to worst: mobile sse 86.0 and short-poll 240, first token sse 455 and websocket 640.',
  );
});

it.each(['quick', 'full'] as const)('every cell of both is one of its own: %s', (size) => {
  for (const scenario of [network, proxies]) {
    const cells = scenario.cells(size, [...OURS, ...CONTROLS]);
    const names = cells.map(({ target, point }) => `${target.name} ${point}`);
    expect(new Set(names).size).toBe(names.length);
    expect(cells.some(({ target }) => target.name === 'batch')).toBe(false);
  }
});
