import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';

import { eventually } from '@tokenwire/conformance';
import { MODES, type Mode } from '@tokenwire/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { read } from '../../src/drivers/http2.js';
import { proxyNamed } from '../../src/proxies/proxies.js';
import type { Proxy, RunningProxy } from '../../src/proxies/proxy.js';
import { refusalOf } from '../../src/proxies/refusal.js';
import { ours } from '../../src/targets/ours.js';
import { makeTrace } from '../../src/trace/trace.js';
import { TargetServer } from '../support/target-server.js';
import { INSTALLED, installed, isMissing } from './programs.js';
import { Reader, Servers } from './servers.js';

const WORDS = ['One ', 'word ', 'at ', 'a ', 'time, ', 'and ', 'the ', 'next.'];

let servers: Servers;
beforeAll(async () => {
  servers = await Servers.start();
});
afterAll(() => servers.close());

const running: RunningProxy[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((proxy) => proxy.close()));
});

async function start(proxy: Proxy, serverUrl: string): Promise<RunningProxy> {
  const one = await proxy.start(serverUrl);
  running.push(one);
  return one;
}

/**
 * Says each word when the reader has the one before, and gives the shortest time that a word took: no buffer could let
 * this pass, and no busy machine make it longer than it can be.
 */
async function lockstep(proxy: Proxy, mode: Mode): Promise<number> {
  const id = await servers.begin(mode);
  const reader = new Reader(await start(proxy, servers.url(mode)), mode, id);
  let text = '';
  let shortestMs = Number.POSITIVE_INFINITY;
  for (const word of WORDS) {
    const startMs = performance.now();
    await servers.model.say(word);
    await reader.has((text += word));
    shortestMs = Math.min(shortestMs, performance.now() - startMs);
  }
  await servers.model.end();
  await reader.done;
  expect(reader.text).toBe(await servers.logged(mode, id));
  return shortestMs;
}

/** `POST /generations` under a public name. */
async function statusFor(url: string, host: string): Promise<number> {
  const headers = { host, accept: 'application/json', 'content-type': 'application/json' };
  const req = request(`${url}/generations`, { method: 'POST', headers });
  req.end(JSON.stringify({ model: 'sim', prompt: 'x', maxTokens: 1 }));
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  res.resume();
  return res.statusCode ?? 0;
}

describe.each(installed('documented'))('%s', (_, proxy) => {
  it.each(MODES)('passes each token on before the next is there: %s', async (mode) => {
    await lockstep(proxy, mode);
  });

  it.each(['chunked', 'sse', 'websocket'] as const)('lets the server know that a reader has left: %s', async (mode) => {
    const id = await servers.begin(mode);
    const reader = new Reader(await start(proxy, servers.url(mode)), mode, id);
    await servers.model.say('One');
    await reader.has('One');
    expect(await servers.readers(mode)).toBe(1);
    reader.leave();
    await eventually('the server has no reader', async () => (await servers.readers(mode)) === 0);
    await servers.model.end();
  });

  it('serves a public name, although the server is on loopback', async () => {
    const { url } = await start(proxy, servers.url('sse'));
    expect(await statusFor(url, 'chat.example')).toBe(201);
  });
});

describe.skipIf(isMissing('nginx'))('nginx as shipped', () => {
  const stock = proxyNamed('nginx-stock');

  it('refuses WebSockets, and the documented lines repair it', async () => {
    const { url } = await start(stock, servers.url('websocket'));
    expect(await refusalOf(url, 'websocket')).toBe('426 to the upgrade');
    const repaired = await start(proxyNamed('nginx-documented'), servers.url('websocket'));
    expect(await refusalOf(repaired.url, 'websocket')).toBe('');
  });

  it.each(MODES.filter((mode) => mode !== 'websocket'))(
    'passes each token on, because our server asks it to: %s',
    async (mode) => {
      await lockstep(stock, mode);
    },
  );

  it.each(['chunked', 'sse'] as const)('holds back a server that does not send X-Accel-Buffering: %s', async (mode) => {
    const id = await servers.begin(mode);
    const reader = new Reader(await start(proxyNamed('nginx-unaware'), servers.url(mode)), mode, id);
    let text = '';
    for (const word of WORDS) {
      await servers.model.say(word);
      text += word;
      await eventually(`"${text}" in the log`, async () => (await servers.logged(mode, id)) === text);
    }
    expect(reader.text).toBe('');
    await servers.model.end();
    await reader.done;
    expect(reader.text).toBe(text);
  });
});

describe.skipIf(isMissing('haproxy'))('HAProxy as shipped', () => {
  it('does not tell the server that a reader has left, before there is something to say', async () => {
    const id = await servers.begin('sse');
    const reader = new Reader(await start(proxyNamed('haproxy-stock'), servers.url('sse')), 'sse', id);
    await servers.model.say('One');
    await reader.has('One');
    reader.leave();
    for (let asked = 0; asked < 20; asked += 1) expect(await servers.readers('sse')).toBe(1);
    await eventually('the server has no reader', async () => {
      await servers.model.say(' more');
      return (await servers.readers('sse')) === 0;
    });
    await servers.model.end();
  });

  it.each(['chunked', 'sse'] as const)('makes every token wait for more, which one line repairs: %s', async (mode) => {
    // The kernel holds a segment that is not full for 200 ms at most when it is told that more follows (tcp(7), TCP_CORK).
    expect(await lockstep(proxyNamed('haproxy-stock'), mode)).toBeGreaterThan(100);
    expect(await lockstep(proxyNamed('haproxy-documented'), mode)).toBeLessThan(100);
  });
});

describe.each(installed('stock').filter(([, { program }]) => program !== 'nginx'))('%s', (_, proxy) => {
  it('passes a public name on, which a server on loopback refuses', async () => {
    const { url } = await start(proxy, servers.url('sse'));
    expect(await statusFor(url, 'chat.example')).toBe(403);
  });

  it.each(MODES)('carries the whole answer: %s', async (mode) => {
    await lockstep(proxy, mode);
  });
});

describe.each(installed('h2'))('%s', (_, proxy) => {
  it.each(['chunked', 'sse'] as const)('carries many answers over one HTTP/2 connection: %s', async (mode) => {
    const trace = makeTrace({ name: 'h2', seed: 1, tokens: 40, tokensPerSecond: 400, ttftMs: 5, jitter: 0.3 });
    await using server = await TargetServer.start(ours(mode).server, trace);
    const { url } = await start(proxy, server.url);
    const signal = new AbortController().signal;
    const texts = await Promise.all(
      [0, 1, 2, 3].map(async (stream) => {
        const seen = { text: '', headers: 0, problems: 0 };
        await read(
          { url, stream, trace: trace.name, texts: trace.texts, options: { mode }, signal },
          {
            headers: () => void (seen.headers += 1),
            token: (text) => void (seen.text += text),
            id: () => {},
            requests: () => {},
            lost: (count) => void (seen.problems += count),
            doubled: (count) => void (seen.problems += count),
            extra: () => {},
          },
        );
        return seen;
      }),
    );
    for (const seen of texts) expect(seen).toEqual({ text: trace.texts.join(''), headers: 1, problems: 0 });
  });

  it('is no HTTP/1.1 server, or one beside it', async () => {
    const { url } = await start(proxy, servers.url('sse'));
    const status = await fetch(`${url}/healthz`).then(
      (response) => response.status,
      () => 0,
    );
    // Caddy speaks both; the other two take the first bytes for a broken preface.
    expect(status === 200).toBe(proxy.program === 'caddy');
  });
});

describe.skipIf(INSTALLED.length === 0)('any proxy', () => {
  it.each(installed('stock'))('%s leaves nothing behind', async (_, proxy) => {
    const one = await proxy.start(servers.url('sse'));
    await eventually('its processor time is counted', async () => {
      expect((await fetch(`${one.url}/healthz`)).status).toBe(200);
      return one.cpuUs() > 0;
    });
    await one.close();
    await expect(fetch(one.url)).rejects.toThrow('fetch failed');
  });

  it.each(installed('stock'))('%s ends when the process that started it is killed', async (_, { name }) => {
    const module = new URL('../../dist/proxies/proxies.js', import.meta.url);
    const script = `
      const { proxyNamed } = await import('${module.href}');
      const { url } = await proxyNamed('${name}').start('${servers.url('sse')}');
      process.stdout.write(url + '\\n');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGKILL');
    await eventually('it does not answer', () =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    );
  });
});

it('a program that is not there is named, with the way to get it', async () => {
  const module = new URL('../../dist/proxies/proxies.js', import.meta.url);
  const script = `
    const { installedProxies, proxyNamed } = await import('${module.href}');
    const { missing } = installedProxies();
    const failure = await proxyNamed('caddy-stock').start('http://127.0.0.1:1').catch((error) => error.message);
    process.stdout.write(JSON.stringify([missing.caddy, failure]));`;
  // Of the places where programs are looked for, Caddy is in none of those that are left.
  const env = { ...process.env, PATH: '/nowhere' };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
  const said = (await child.stdout.toArray()).join('');
  const message = 'caddy is not installed (Debian: apt-get install caddy)';
  expect(existsSync('/usr/sbin/caddy') || said === JSON.stringify([message, message])).toBe(true);
});
