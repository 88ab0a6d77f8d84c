import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../../../../test/chromium.js';
import type { TimelinePage } from '../../web/test/timeline/timeline-page.js';

/** As strict as the page's own. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'";
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

declare const page: TimelinePage;

/** Generous, because the machine may be busy with other tests. */
const poll = <T>(probe: () => Promise<T>) => expect.poll(probe, { timeout: 20_000 });

/** Builds the page into memory and serves it. */
async function servePage(): Promise<Server> {
  const built = (await build({
    configFile: false,
    root: fileURLToPath(new URL('../../web/test/timeline', import.meta.url)),
    logLevel: 'warn',
    resolve: { conditions: ['@tokenwire/source', 'module', 'browser', 'production'] },
    build: { write: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })) as Rolldown.RolldownOutput;
  const files = new Map(built.output.map((file) => [`/${file.fileName}`, 'code' in file ? file.code : file.source]));
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    const type = TYPES[extname(path)] ?? 'text/plain';
    response.writeHead(files.has(path) ? 200 : 404, { 'content-type': type, 'content-security-policy': POLICY });
    response.end(files.get(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(!hasChromium)('the timeline, in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let tab: Page;
  let complaints: string[];

  beforeAll(async () => {
    [server, browser] = await Promise.all([servePage(), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  beforeEach(async () => {
    complaints = [];
    tab = await browser.newPage({ viewport: { width: 1000, height: 800 }, colorScheme: 'light' });
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('console', (message) => {
      // The icon that browsers ask for by themselves.
      if (message.type() === 'error' && !message.location().url.endsWith('favicon.ico'))
        complaints.push(message.text());
    });
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });

  afterEach(async () => {
    await tab.close();
    // Nothing that the policy forbids, and nothing thrown.
    expect(complaints).toEqual([]);
  });

  const chart = (index: number) => tab.getByRole('img').nth(index);
  const sentence = (index: number): Promise<string | null> => chart(index).getAttribute('aria-label');

  /** Whether a colour is somewhere in a plot. Names are in the same colours, so the margins do not count. */
  const hasColor = (index: number, color: string): Promise<boolean> =>
    chart(index).evaluate((canvas, color) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const [left, right] = [112, 128];
      const context = (canvas as HTMLCanvasElement).getContext('2d')!;
      const { data } = context.getImageData(left, 0, width - left - right, height);
      const wanted = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        // Edges of thin lines are mixed with what is behind them.
        if (wanted.every((part, offset) => Math.abs(part - data[at + offset]!) < 16)) found += 1;
      }
      return found >= 20;
    }, color);

  async function runRace(): Promise<void> {
    await tab.evaluate(() => {
      for (const pane of [0, 1, 2]) page.fill(pane, 200, 1);
      page.fill(3, 200, 100);
      page.fill(4, 200, 500);
      page.note(1, 1_500, 'cut the connection');
      page.end();
    });
    await poll(() => sentence(0)).toContain('short-poll');
  }

  test('draws every mode in its colour, and says in words what is to be seen', async () => {
    await runRace();
    const colors = await tab.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      return ['chunked', 'sse', 'websocket', 'long-poll', 'short-poll'].map((mode) =>
        style.getPropertyValue(`--mode-${mode}`).trim(),
      );
    });
    for (const color of colors) {
      for (const index of [0, 1, 2]) await poll(() => hasColor(index, color)).toBe(true);
    }
    expect(await sentence(0)).toContain('short-poll: 200 tokens in 4.00 s, 25 at once');
    expect(await sentence(1)).toContain(
      'short-poll: half of the tokens at most 240 ms late, 95 percent at most 460 ms',
    );
    expect(await sentence(2)).toContain('sse: median 20 ms, longest 20 ms');
  });

  test('has the distributions as a table', async () => {
    await runRace();
    const row = tab.getByRole('region', { name: 'Distributions' }).getByRole('row', { name: 'short-poll' });
    // Tokens, most at once, delivery latency p50 to max, ITL p50 to max, stalls.
    const expected = ['200', '25', '240 ms', '460 ms', '480 ms', '480 ms', '0 ms', '0 ms', '500 ms', '500 ms', '–'];
    await poll(() => row.getByRole('cell').allTextContents()).toEqual(expected);
  });

  test('has the charts as a table, with what happened', async () => {
    await runRace();
    await tab.getByRole('button', { name: 'As table' }).click();
    const table = tab.getByRole('region', { name: 'Timeline as a table' });
    await poll(() => table.getByRole('row').count()).toBe(41);
    expect(await table.getByRole('listitem').allTextContents()).toEqual(['1.50 s, sse: cut the connection']);
    expect(await tab.getByRole('img').count()).toBe(0);
    await tab.getByRole('button', { name: 'As table' }).click();
    await poll(() => tab.getByRole('img').count()).toBe(3);
  });

  test('shows what happened at its mark, to the keyboard, too', async () => {
    await runRace();
    const mark = tab.getByRole('button', { name: 'sse, 1.50 s: cut the connection' });
    await mark.focus();
    await poll(() => tab.locator('.timeline-mark-text').isVisible()).toBe(true);
    expect(await tab.locator('.timeline-mark-text').textContent()).toBe('sse, 1.50 s: cut the connection');
  });

  test('zooms and moves by keys, and comes back', async () => {
    await runRace();
    const mark = tab.locator('.timeline-mark');
    const whole = tab.getByRole('button', { name: 'Whole race' });
    await tab.getByRole('region', { name: /^Charts/ }).focus();
    await tab.keyboard.press('Home');
    for (let times = 0; times < 8; times += 1) await tab.keyboard.press('+');
    await tab.keyboard.press('Home');
    await poll(() => mark.isHidden()).toBe(true);
    expect(await whole.getAttribute('aria-pressed')).toBe('false');
    await tab.keyboard.press('0');
    await poll(() => mark.isVisible()).toBe(true);
    expect(await whole.getAttribute('aria-pressed')).toBe('true');
  });

  test('zooms to what is drawn over with the pointer', async () => {
    await runRace();
    const { x, y } = (await tab.locator('.u-over').first().boundingBox())!;
    await tab.mouse.move(x + 5, y + 20);
    await tab.mouse.down();
    await tab.mouse.move(x + 60, y + 20, { steps: 4 });
    await tab.mouse.up();
    await poll(() => tab.locator('.timeline-mark').isHidden()).toBe(true);
    await tab.mouse.dblclick(x + 300, y + 20);
    await poll(() => tab.locator('.timeline-mark').isVisible()).toBe(true);
  });

  test('holds the figures while it is paused, and catches up afterwards', async () => {
    await tab.evaluate(() => page.fill(0, 50, 1));
    const tokens = tab
      .getByRole('region', { name: 'Distributions' })
      .getByRole('row', { name: 'chunked' })
      .getByRole('cell');
    await poll(() => tokens.first().textContent()).toBe('50');
    const pause = tab.getByRole('button', { name: 'Pause' });
    await pause.click();
    await tab.evaluate(() => page.fill(0, 50, 1));
    // Longer than figures are ever late, in the page's own frames.
    await tab.evaluate(async () => {
      const untilMs = performance.now() + 1_200;
      while (performance.now() < untilMs) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    expect(await tokens.first().textContent()).toBe('50');
    await pause.click();
    await poll(() => tokens.first().textContent()).toBe('100');
  });

  test('shows what came while it was out of sight', async () => {
    await poll(() => tab.getByRole('img').count()).toBe(3);
    // Observers are told in the order in which they began to observe, so the charts know it when this one does.
    await tab.evaluate(async () => {
      document.body.style.setProperty('padding-top', '3000px');
      await new Promise<void>((resolve) => {
        const sight = new IntersectionObserver((entries) => {
          if (!entries.at(-1)!.isIntersecting) resolve();
        });
        sight.observe(document.querySelector('.timeline-charts')!);
      });
    });
    await runRace();
    await chart(0).scrollIntoViewIfNeeded();
    const color = await tab.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--mode-sse').trim(),
    );
    await poll(() => hasColor(0, color)).toBe(true);
  });

  test('follows the colour scheme and the width', async () => {
    await runRace();
    await tab.emulateMedia({ colorScheme: 'dark' });
    const dark = await tab.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--mode-sse').trim(),
    );
    await poll(() => hasColor(0, dark)).toBe(true);
    await tab.setViewportSize({ width: 360, height: 700 });
    await poll(() => chart(0).evaluate((canvas) => canvas.clientWidth)).toBeLessThan(360);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await poll(() => hasColor(0, dark)).toBe(true);
  });

  /** Pictures that are made in so many milliseconds: uPlot clears the canvas before each. */
  const pictures = (lastingMs: number): Promise<number> =>
    tab.evaluate(async (lastingMs) => {
      let cleared = 0;
      CanvasRenderingContext2D.prototype.clearRect = () => {
        cleared += 1;
      };
      const untilMs = performance.now() + lastingMs;
      while (performance.now() < untilMs) await new Promise((resolve) => requestAnimationFrame(resolve));
      return cleared;
    }, lastingMs);

  test('draws nothing more once it is over', async () => {
    await runRace();
    // The last figures may still be on their way.
    await pictures(1_200);
    expect(await pictures(1_200)).toBe(0);
  });

  test('draws twice a second at most for who wants less motion', async () => {
    await tab.emulateMedia({ reducedMotion: 'reduce' });
    await tab.evaluate(() => page.fill(0, 50, 1));
    await poll(() => tab.getByRole('img').count()).toBe(3);
    await pictures(1_200);
    // Three charts, and a picture at the beginning; the race runs, so that without the wish there were sixty.
    const drawn = await pictures(2_000);
    expect(drawn).toBeGreaterThan(0);
    expect(drawn).toBeLessThanOrEqual(3 * 5);
  });

  test('leaves nothing behind', async () => {
    await tab.evaluate(() => page.fill(0, 50, 1));
    await poll(() => tab.getByRole('img').count()).toBe(3);
    const requested = await tab.evaluate(async () => {
      page.unmount();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      let requests = 0;
      const request = globalThis.requestAnimationFrame;
      globalThis.requestAnimationFrame = (callback) => {
        requests += 1;
        return request(callback);
      };
      for (let frame = 0; frame < 5; frame += 1) await new Promise((resolve) => request(resolve));
      return requests;
    });
    expect(requested).toBe(0);
    expect(await tab.locator('canvas').count()).toBe(0);
  });
});
