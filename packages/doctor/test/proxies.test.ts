import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { startServer, type RunningServer } from '@tokenwire/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Diagnosis, Problem } from '../src/index.js';
import { remediesFor } from '../src/diagnose/remedies.js';
import { programOf, withProxy, type ProxyName, type Setup } from './proxies.js';
import { diagnose, everyGap, problemsIn, serve, type Running } from './support.js';

const REQUIRED = process.env['TOKENWIRE_REQUIRE_PROXIES'] === '1';
const PROXIES: readonly ProxyName[] = ['nginx', 'haproxy', 'caddy'];

test.runIf(REQUIRED).each(PROXIES)('%s is installed', (name) => {
  expect(programOf(name)).toBeDefined();
});

/** `problem: probe` for each finding. */
const found = ({ findings }: Diagnosis): readonly string[] =>
  findings.map(({ problem, probe }) => `${problem}: ${probe}`).sort();

let ours: RunningServer;
let naive: Running;

beforeAll(async () => {
  ours = await startServer(fileURLToPath(new URL('../../../apps/playground/dist/main.js', import.meta.url)));
  // A server as tutorials write it: the right type, and no other header.
  naive = await serve((req, res) => {
    const type = req.url === '/lines' ? 'application/x-ndjson' : 'text/event-stream';
    res.writeHead(200, { 'content-type': type }).flushHeaders();
    void everyGap(30, 80, (text) => res.write(text)).then(() => res.end());
  });
});
afterAll(async () => {
  naive.close();
  await ours.stop();
});

/** What is found behind a proxy, before our combined server and before the naive one. */
async function behind(
  name: ProxyName,
  server: 'ours' | 'naive',
  setup: Setup = {},
  limitMs = 15_000,
): Promise<Diagnosis> {
  let diagnosis: Diagnosis | undefined;
  await withProxy(name, server === 'ours' ? ours.url : new URL(naive.url).origin, setup, async (url) => {
    diagnosis = await diagnose(server === 'ours' ? url : `${url}feed`, { limitMs });
  });
  if (diagnosis === undefined) throw new Error('no diagnosis');
  return diagnosis;
}

/** The lines that the doctor recommends for a problem, without what is said about them. */
const lines = (problem: Problem, name: ProxyName): readonly string[] =>
  remediesFor(problem, [name])
    .filter(({ where }) => where === name)
    .flatMap((remedy) => remedy.lines.map((line) => line.replace(/ {3}\(.*$/, '')));

const DOCUMENTED = {
  nginx: 'nginx-documented.conf',
  haproxy: 'haproxy-documented.cfg',
  caddy: 'caddy-documented.Caddyfile',
} as const satisfies Record<ProxyName, string>;

describe('the configurations that the benchmarks call documented', () => {
  test.each(PROXIES.filter((name) => REQUIRED || programOf(name) !== undefined))('%s is healthy', async (name) => {
    const site = readFileSync(new URL(`../../../benchmarks/proxies/${DOCUMENTED[name]}`, import.meta.url), 'utf8');
    const diagnosis = await behind(name, 'ours', { site });
    // Caddy 2.6 ends an answer in good order when the server's was cut.
    expect(found(diagnosis).filter((line) => name !== 'caddy' || !line.startsWith('cut-looks-complete'))).toEqual([]);
    expect(diagnosis.verdict).toBe('healthy');
  });
});

describe.runIf(REQUIRED || programOf('nginx') !== undefined)('nginx', { concurrent: true }, () => {
  const documented = { lines: [...lines('upgrade-refused', 'nginx'), ...lines('buffered', 'nginx')] };

  test('as it comes breaks upgrades and speaks HTTP/1.0 to the server', async () => {
    const diagnosis = await behind('nginx', 'ours');
    expect(found(diagnosis)).toEqual(['cut-looks-complete: cut answer', 'upgrade-refused: websocket']);
    expect([diagnosis.verdict, diagnosis.hops]).toEqual(['harmed', ['nginx']]);
  });

  test('as it comes holds back a server that does not ask for more', async () => {
    const diagnosis = await behind('nginx', 'naive');
    expect(found(diagnosis)).toEqual(['buffered: GET /feed', 'header-advice: GET /feed']);
  });

  test('that ignores X-Accel-Buffering holds ours back too', async () => {
    const diagnosis = await behind('nginx', 'ours', { lines: ['proxy_ignore_headers X-Accel-Buffering;'] });
    expect(found(diagnosis)).toEqual(expect.arrayContaining(['buffered-by-size: chunked', 'buffered-by-size: sse']));
  });

  test('with the recommended lines is healthy, before any server', async () => {
    expect(found(await behind('nginx', 'ours', documented))).toEqual([]);
    expect(found(await behind('nginx', 'naive', documented))).toEqual(['header-advice: GET /feed']);
  });

  test('that compresses is found, whether it holds back or not', async () => {
    const around = ['gzip on;', 'gzip_types text/event-stream application/x-ndjson;'];
    expect(found(await behind('nginx', 'ours', { ...documented, around }))).toEqual([
      'compressed: chunked',
      'compressed: sse',
    ]);
    expect(found(await behind('nginx', 'naive', { around }))).toContain('buffered: GET /feed');
  });

  test('that cuts silence is found', async () => {
    const setup = { lines: [...lines('upgrade-refused', 'nginx'), 'proxy_read_timeout 2s;'] };
    await withProxy('nginx', ours.url, setup, async (url) => {
      const diagnosis = await diagnose(url, { idleMs: 6_000 });
      expect(found(diagnosis)).toEqual([
        'idle-cut: chunked, silent',
        'idle-cut: sse, silent',
        'idle-cut: websocket, silent',
        'long-poll-cut: long-poll, silent',
      ]);
    });
  });

  test('that rewrites headers is found', async () => {
    const rewriting = ['proxy_hide_header Cache-Control;', 'proxy_hide_header Tokenwire-Generation;'];
    const diagnosis = await behind('nginx', 'ours', { lines: [...documented.lines, ...rewriting] });
    expect(new Set(found(diagnosis).map((line) => line.split(':')[0]))).toEqual(new Set(['header-lost']));
  });

  test('without a server behind it', async () => {
    await withProxy('nginx', 'http://127.0.0.1:9', {}, async (url) => {
      const diagnosis = await diagnose(url);
      expect([found(diagnosis), diagnosis.hops]).toEqual([['bad-gateway: GET /'], ['nginx']]);
    });
  });
});

describe.runIf(REQUIRED || programOf('haproxy') !== undefined)('HAProxy', { concurrent: true }, () => {
  test('as it comes gathers messages, and holds headers until the first', async () => {
    const diagnosis = await behind('haproxy', 'ours');
    expect(found(diagnosis)).toEqual(['departure-unnoticed: reader who leaves', 'grouped: chunked', 'grouped: sse']);
    expect(found(await behind('haproxy', 'naive'))).toEqual(['header-advice: GET /feed', 'looks-grouped: GET /feed']);
  });

  test('with the recommended line is healthy', async () => {
    const setup = { lines: ['option http-no-delay', 'option abortonclose', ...lines('idle-cut', 'haproxy')] };
    expect(found(await behind('haproxy', 'ours', setup))).toEqual([]);
  });

  test('that cuts silence is found', async () => {
    const setup = { lines: ['option http-no-delay', 'option abortonclose', 'timeout server 2s', 'timeout tunnel 2s'] };
    await withProxy('haproxy', ours.url, setup, async (url) => {
      const diagnosis = await diagnose(url, { idleMs: 6_000 });
      expect(found(diagnosis)).toEqual([
        'idle-cut: chunked, silent',
        'idle-cut: sse, silent',
        'idle-cut: websocket, silent',
        'long-poll-cut: long-poll, silent',
      ]);
    });
  });

  test('that compresses leaves alone what says no-transform', async () => {
    const compression = ['compression algo gzip', 'compression type text/event-stream application/x-ndjson'];
    const setup = { lines: ['option http-no-delay', 'option abortonclose', ...compression] };
    expect(found(await behind('haproxy', 'ours', setup))).toEqual([]);
    expect(found(await behind('haproxy', 'naive', setup))).toEqual([
      'compressed: GET /feed',
      'header-advice: GET /feed',
    ]);
  });

  test('without a server behind it is recognised', async () => {
    await withProxy('haproxy', 'http://127.0.0.1:9', {}, async (url) => {
      const diagnosis = await diagnose(url);
      expect([found(diagnosis), diagnosis.hops]).toEqual([['bad-gateway: GET /'], ['haproxy']]);
    });
  });
});

describe.runIf(REQUIRED || programOf('caddy') !== undefined)('Caddy', { concurrent: true }, () => {
  /** Newer releases pass a cut on. */
  const harmless = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('cut-looks-complete'));

  test('as it comes does no harm', async () => {
    const diagnosis = await behind('caddy', 'ours');
    expect(harmless(found(diagnosis))).toEqual([]);
    expect([diagnosis.verdict, diagnosis.hops]).toEqual(['healthy', ['caddy']]);
    expect(found(await behind('caddy', 'naive'))).toEqual(['header-advice: GET /feed']);
  });

  test('with flush_interval -1, as many recommend it, does not tell that a reader has left', async () => {
    const diagnosis = await behind('caddy', 'ours', { lines: ['flush_interval -1'] });
    expect(harmless(found(diagnosis))).toEqual(['departure-unnoticed: reader who leaves']);
  });

  test('that compresses streams is found, and the recommended lines repair it', async () => {
    const types = ['text/event-stream*', 'application/x-ndjson*'].map((type) => `header Content-Type ${type}`);
    const encode = (matcher: string): string =>
      `encode ${matcher} gzip {\nminimum_length 1\nmatch {\n${types.join('\n')}\n}\n}`;
    const found = await behind('caddy', 'naive', { around: [encode('')] });
    expect(problemsIn(found).filter((problem) => problem.startsWith('compress'))).toHaveLength(1);
    const [matcher = ''] = lines('compressed', 'caddy');
    const repaired = await behind('caddy', 'ours', { around: [matcher, encode('@others')] });
    expect(harmless(problemsIn(repaired))).toEqual([]);
  });

  test('that buffers answers is found', async () => {
    const diagnosis = await behind('caddy', 'ours', { lines: ['buffer_responses'] }, 8_000);
    expect(found(diagnosis)).toEqual(expect.arrayContaining(['buffered: chunked', 'buffered: sse']));
  });
});
