import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { Generations } from '@tokenwire/generation-log';
import { combinedTransport } from '@tokenwire/playground';
import { MODES, type GenerationRequest } from '@tokenwire/protocol';
import { createApp, DEFAULT_SETTINGS } from '@tokenwire/server-kit';
import { createSources } from '@tokenwire/token-source';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, launchChromium } from './chromium.js';

const root = fileURLToPath(new URL('..', import.meta.url));

declare const clients: typeof import('./browser-clients.js');

/** Tells the page what a browser without a screen never does by itself. */
function dispatch(target: 'document' | 'window', type: string): (page: Page) => Promise<unknown> {
  return (page) =>
    page.evaluate(([target, type]) => globalThis[target].dispatchEvent(new Event(type)), [target, type] as const);
}

async function bundleClients(): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@tokenwire/source', 'browser', 'module', 'import', 'default'] },
    build: {
      write: false,
      minify: false,
      lib: { entry: 'test/browser-clients.ts', formats: ['iife'], name: 'clients' },
    },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (!output || !('output' in output)) throw new Error('the clients could not be bundled');
  return output.output[0].code;
}

describe.skipIf(!hasChromium)('in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let generations: Generations;
  let origin: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    const script = await bundleClients();
    const sources = createSources({});
    generations = new Generations({ resolve: (model) => sources.resolve(model) });
    const transport = combinedTransport(generations, DEFAULT_SETTINGS);
    const app = createApp({ generations, settings: DEFAULT_SETTINGS, transport, log: () => {} });
    server = createServer((req, res) => {
      if (req.url === '/')
        return void res
          .setHeader('Content-Type', 'text/html')
          .end('<!doctype html><link rel="icon" href="data:,"><script src="/clients.js"></script>');
      if (req.url === '/clients.js') return void res.setHeader('Content-Type', 'text/javascript').end(script);
      app(req, res);
    });
    server.on('upgrade', transport.upgrade!);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(origin);
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  const request: GenerationRequest = { model: 'sim/ugly', prompt: 'x', maxTokens: 300, seed: 5, cadence: 'instant' };

  test.each(MODES)('%s delivers the hostile answer byte-exact', async (mode) => {
    const { text, types, status, id } = await page.evaluate(([mode, options]) => clients.read(mode, options), [
      mode,
      { request },
    ] as const);
    const { log } = generations.get(id);
    expect(status).toBe('completed');
    expect(text).toBe(log.text);
    expect(types).toEqual(log.take(0, Infinity).map(({ json }) => (JSON.parse(json) as { type: string }).type));
    expect(types.at(-1)).toBe('message_stop');
  });

  test.each(MODES.map((mode, index) => [mode, MODES[(index + 1) % MODES.length] ?? mode] as const))(
    'an answer begun on %s goes on over %s',
    async (from, to) => {
      const slow: GenerationRequest = { ...request, maxTokens: 60, cadence: 'fast', onDisconnect: 'continue' };
      const { text, whole } = await page.evaluate(([a, b, options]) => clients.readHalfThenSwitch(a, b, options), [
        from,
        to,
        slow,
      ] as const);
      expect(text).toBe(whole);
    },
  );

  test('the ladder stays on the WebSocket, where there is nothing in the way', async () => {
    const { text, transport, steps, id } = await page.evaluate((options) => clients.readLadder(options), { request });
    expect([text, transport, steps]).toEqual([generations.get(id).log.text, 'websocket', []]);
  });

  describe('a reader that waits for an hour after a lost connection', () => {
    const slow: GenerationRequest = { ...request, maxTokens: 400, cadence: 'fast', onDisconnect: 'continue' };

    test.each<[string, (page: Page) => Promise<unknown>, (page: Page) => Promise<unknown>]>([
      [
        'when its network is back',
        (page) => page.context().setOffline(true),
        (page) => page.context().setOffline(false),
      ],
      ['when its page is seen again', async () => {}, dispatch('document', 'visibilitychange')],
      ['when its page comes out of the cache', async () => {}, dispatch('window', 'pageshow')],
    ])('goes on at once %s', async (_, leave, wake) => {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await page.goto(origin);
        await page.evaluate((options) => clients.begin('chunked', options), { request: slow });
        await page.waitForFunction(() => clients.progress().text !== '');
        await leave(page);
        server.closeAllConnections();
        await page.waitForFunction(() => clients.progress().status === 'reconnecting');
        await wake(page);
        const { text, id, reconnects } = await page.evaluate(() => clients.finish());
        expect([text, reconnects]).toEqual([generations.get(id).log.text, 1]);
      } finally {
        await context.close();
      }
    });
  });

  test('the browser’s own EventSource reads /stream to its end, and stops without a second answer', async () => {
    const before = generations.stats().kept;
    const { text, ended } = await page.evaluate(
      () =>
        new Promise<{ text: string; ended: number }>((resolve) => {
          const source = new EventSource('/stream?prompt=Hello&model=sim&maxTokens=20&cadence=fast');
          let text = '';
          source.addEventListener('message', ({ data }) => {
            const event = JSON.parse(data) as { type: string; delta?: { text?: string } };
            text += event.delta?.text ?? '';
          });
          // The server's end makes EventSource reconnect; the 204 it gets then closes it for good.
          source.addEventListener('error', () => {
            if (source.readyState === EventSource.CLOSED) resolve({ text, ended: source.readyState });
          });
        }),
    );
    expect(ended).toBe(2);
    expect(text.length).toBeGreaterThan(20);
    expect(generations.stats().kept).toBe(before + 1);
  });

  test.each(['EventSource', 'fetch', 'WebSocket'] as const)(
    'the browser’s own %s gets the hostile answer byte-exact, without a library',
    async (api) => {
      const paced = { ...request, cadence: 'fast' } as const;
      const { text, whole, status } = await page.evaluate(([one, what]) => clients.readNatively(one, what), [
        api,
        paced,
      ] as const);
      expect(status).toBe('completed');
      expect(text).toBe(whole);
    },
  );

  test('nothing was reported on the page, and nothing is left on the server', async () => {
    expect(complaints).toEqual([]);
    await expect
      .poll(() => [generations.stats().running, generations.stats().readers], { timeout: 10_000 })
      .toEqual([0, 0]);
  });
});
