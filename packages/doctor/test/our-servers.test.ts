import { fileURLToPath } from 'node:url';

import { FaultProxy, startServer } from '@tokenwire/conformance';
import { describe, expect, test } from 'vitest';

import { examine } from '../src/index.js';
import { diagnose, holdingProxy, problemsIn } from './support.js';

const mainOf = (app: string): string => fileURLToPath(new URL(`../../../apps/${app}/dist/main.js`, import.meta.url));

/** Runs `work` with a server of ours in a process of its own. */
async function withServer(app: string, args: readonly string[], work: (url: string) => Promise<void>): Promise<void> {
  const server = await startServer(mainOf(app), { args });
  try {
    await work(server.url);
  } finally {
    await server.stop();
  }
}

describe.concurrent('our own servers', () => {
  test.each([
    ['server-chunked', ['chunked', 'cut answer', 'reader who leaves', 'chunked, silent']],
    ['server-sse', ['sse', 'reader who leaves', 'sse, silent']],
    ['server-websocket', ['websocket', 'websocket, silent']],
    ['server-polling', ['long-poll', 'short-poll', 'long-poll, silent']],
  ])('%s is healthy', async (app, probes) => {
    await withServer(app, ['--heartbeat-ms', '300'], async (url) => {
      const diagnosis = await diagnose(url, { idleMs: 2_000 });
      expect(diagnosis.findings).toEqual([]);
      expect([diagnosis.verdict, diagnosis.server]).toEqual(['healthy', 'tokenwire']);
      expect(diagnosis.probes.map(({ name }) => name)).toEqual(probes);
    });
  });

  test('the combined server is healthy in all modes, for a page of an allowed origin too', async () => {
    const origin = 'https://app.example';
    await withServer('playground', ['--allow-origin', origin], async (url) => {
      const diagnosis = await diagnose(url, { origin });
      expect(diagnosis.findings).toEqual([]);
      const names = diagnosis.probes.map(({ name }) => name);
      expect(names).toEqual([
        'chunked',
        'sse',
        'websocket',
        'long-poll',
        'short-poll',
        'cut answer',
        'reader who leaves',
      ]);
    });
  });

  test.each(['server-sse', 'server-websocket', 'server-polling'])(
    '%s refuses a page of a foreign origin',
    async (app) => {
      await withServer(app, ['--allow-origin', 'https://app.example'], async (url) => {
        const diagnosis = await diagnose(url, { origin: 'https://elsewhere.example' });
        expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['cors-missing'], 'harmed']);
      });
    },
  );

  test('the demonstration routes and sockets are healthy as endpoints of unknown make', async () => {
    await withServer('playground', [], async (url) => {
      const stream = await diagnose(`${url}/stream?prompt=Hello&model=sim&maxTokens=60&cadence=typical`);
      expect([problemsIn(stream), stream.verdict]).toEqual([[], 'healthy']);
      const socket = await diagnose(`${url.replace('http', 'ws')}/generations`);
      expect([problemsIn(socket), socket.verdict]).toEqual([[], 'healthy']);
    });
  });
});

describe.concurrent('a network in front of the combined server', () => {
  test('that holds answers back, and does not know of upgrades', async () => {
    await withServer('playground', [], async (url) => {
      const proxy = await holdingProxy(url);
      const diagnosis = await diagnose(proxy.url);
      proxy.close();
      const found = diagnosis.findings.map(({ problem, probe }) => `${problem}: ${probe}`);
      expect(found.sort()).toEqual([
        'buffered: chunked',
        'buffered: sse',
        'cut-looks-complete: cut answer',
        'upgrade-refused: websocket',
      ]);
      expect(diagnosis.verdict).toBe('harmed');
    });
  });

  test('that gathers for 400 ms is found', async () => {
    await withServer('playground', [], async (url) => {
      const proxy = await FaultProxy.before(url, { faults: { down: { coalesceMs: 400 } } });
      const diagnosis = await diagnose(proxy.url);
      await proxy.close();
      const grouped = diagnosis.findings.filter(({ problem }) => problem === 'grouped').map(({ probe }) => probe);
      expect(grouped).toEqual(['chunked', 'sse', 'websocket']);
      expect(diagnosis.verdict).toBe('harmed');
    });
  });

  test('that is slow, but even, is healthy', async () => {
    await withServer('playground', [], async (url) => {
      const proxy = await FaultProxy.before(url, { faults: { down: { latencyMs: 200 }, up: { latencyMs: 200 } } });
      const diagnosis = await diagnose(proxy.url);
      await proxy.close();
      expect(diagnosis.findings).toEqual([]);
    });
  });

  test('that cuts silent connections is found', async () => {
    await withServer('playground', [], async (url) => {
      const proxy = await FaultProxy.before(url, { faults: { idleKillMs: 2_000 } });
      const diagnosis = await diagnose(proxy.url, { idleMs: 6_000 });
      await proxy.close();
      const found = diagnosis.findings.map(({ problem, probe }) => `${problem}: ${probe}`);
      expect(found.sort()).toEqual([
        'idle-cut: chunked, silent',
        'idle-cut: sse, silent',
        'idle-cut: websocket, silent',
        'long-poll-cut: long-poll, silent',
      ]);
    });
  });
});

test('a computer that has no time is not taken for a proxy that gathers', async () => {
  await withServer('playground', [], async (url) => {
    // This process stands still most of the time, so that tokens are seen several at a time.
    const busy = setInterval(() => {
      const until = performance.now() + 300;
      while (performance.now() < until);
    }, 20);
    const examination = { url: new URL(url), headers: {}, idleMs: 0, limitMs: 30_000, insecure: false };
    const diagnosis = await examine(examination, new AbortController().signal, () => {});
    clearInterval(busy);
    expect(problemsIn(diagnosis)).toEqual(['unclear']);
    expect(diagnosis.verdict).toBe('unknown');
  });
});
