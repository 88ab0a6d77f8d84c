import { expect, test } from 'vitest';

import { plain } from '../src/cli/plain.js';
import { timeline } from '../src/cli/timeline.js';
import { hopsOf } from '../src/diagnose/hops.js';
import { PROBLEMS, type Problem } from '../src/diagnose/problems.js';
import { remediesFor } from '../src/diagnose/remedies.js';
import { nodeWarning } from '../src/local/node-release.js';
import { missingTools } from '../src/local/tools.js';

test.each([
  ['v18.20.0', '2026-11-21', /too old.*20\.19.*Node 26/],
  ['v20.18.3', '2026-11-21', /too old/],
  ['v20.20.2', '2026-03-01', undefined],
  ['v20.20.2', '2026-11-21', /no security fixes since 2026-04-30; use Node 26/],
  ['v22.21.0', '2026-11-21', undefined],
  ['v23.1.0', '2025-03-01', /odd/],
  ['v24.11.0', '2026-11-21', undefined],
  ['v25.2.0', '2026-11-21', /no security fixes/],
  ['v26.0.0', '2026-05-01', /long-term release on 2026-10-28.*Node 24/],
  ['v26.4.0', '2026-11-21', undefined],
  ['v27.0.0', '2027-05-01', undefined],
])('Node %s on %s', (version, day, warning) => {
  const said = nodeWarning(version, new Date(`${day}T12:00:00Z`));
  if (warning === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(warning);
});

test('programs that are not in the path are missing', async () => {
  const missing = await missingTools('/nowhere');
  expect(missing).toEqual(expect.arrayContaining(['curl', 'taskset']));
});

test('text of a server is shown, never obeyed', () => {
  expect(plain('\u001B[31mred\u0007\r\n\u202Eevil\u200B')).toBe(
    String.raw`\x1b[31mred\x07\x0d\x0a\u{202e}evil\u{200b}`,
  );
  expect(plain('x'.repeat(1_000))).toHaveLength(302);
});

test('the picture of arrivals has sixty columns, whatever came when', () => {
  expect(
    timeline(
      [
        { atMs: 0, bytes: 10 },
        { atMs: 1_000, bytes: 80 },
      ],
      1_000,
    ),
  ).toBe(`▁${'·'.repeat(58)}█`);
  expect(timeline([], 0)).toBe('·'.repeat(60));
});

test.each([
  [{ server: 'nginx/1.22.1' }, '', ['nginx']],
  [{ server: 'cloudflare', 'cf-ray': '8c' }, '', ['cloudflare']],
  [{ server: 'awselb/2.0' }, '', ['alb']],
  [{ via: '1.1 Caddy', 'x-powered-by': 'Express' }, '', ['caddy', 'express']],
  [{ via: '1.1 abc.cloudfront.net (CloudFront)', server: 'Apache' }, '', ['cloudfront', 'apache']],
  [{ server: 'istio-envoy' }, '', ['envoy']],
  [{}, 'No server is available to handle this request.', ['haproxy']],
  [{}, '', []],
])('hops show themselves in %j', (headers, head, hops) => {
  expect(hopsOf({ headers: Object.entries(headers), head })).toEqual(hops);
});

test('a hop that is known gets its own lines; else the usual suspects get theirs', () => {
  const places = (problem: Problem, ...hops: Parameters<typeof remediesFor>[1]) =>
    remediesFor(problem, hops).map(({ where }) => where);
  expect(places('buffered', 'traefik')).toEqual(['traefik', 'server']);
  expect(places('buffered')).toEqual(['nginx', 'haproxy', 'caddy', 'server']);
  expect(places('buffered', 'express', 'nginx')).toEqual(['express', 'nginx', 'server']);
});

test('whatever harms has a remedy, or says itself what to do', () => {
  const silent: readonly Problem[] = [
    'server-error',
    'polls-broken',
    'refused',
    'unclear',
    'no-connection',
    'not-http',
  ];
  const without = (Object.keys(PROBLEMS) as Problem[]).filter((problem) => remediesFor(problem, []).length === 0);
  expect(without.sort()).toEqual([...silent].sort());
});
