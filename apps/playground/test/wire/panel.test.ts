import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, launchChromium } from '../../../../test/chromium.js';
import type { TapPiece } from '../../src/control-protocol.js';
import { captured, piece, sizeOf } from './support.js';

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const axe = createRequire(import.meta.url).resolve('axe-core');

/** The panel in a page of its own, under the policy of the playground. */
async function servePanel(): Promise<Server> {
  const result = await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@tokenwire/source', 'browser', 'import', 'default'] },
    build: { write: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput;
  const files = new Map(output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]));
  const server = createServer(({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url;
    const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'text/plain';
    const policy = "default-src 'none'; script-src 'self'; style-src 'self'";
    response.writeHead(files.has(path) ? 200 : 404, { 'Content-Type': type, 'Content-Security-Policy': policy });
    response.end(files.get(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(!hasChromium)('the panel', () => {
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), servePanel()]);
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** A page with the panel, and everything that it complained about. */
  async function open(options: BrowserContextOptions = {}) {
    const page = await (await browser.newContext(options)).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => document.querySelector('.wire'));
    return { page, complaints };
  }

  const push = (page: Page, pieces: readonly TapPiece[], tokens = 6): Promise<void> =>
    page.evaluate(
      ([some, count]) => {
        globalThis.__wire.tokens = count;
        globalThis.__wire.push(some);
      },
      [pieces, tokens] as const,
    );
  const rows = (page: Page) => page.locator('[data-wire-row]');
  const total = (page: Page, part: string) => page.locator(`[data-wire-totals] [data-part="${part}"] td`);

  test('shows a real answer with all its bytes, and what they are there for', async () => {
    const { page, complaints } = await open();
    const pieces = captured('sse');
    await push(page, pieces);
    await rows(page).filter({ hasText: 'data: ' }).first().waitFor();
    const [down, , perToken, up] = await total(page, 'all').allTextContents();
    expect(down).toBe(sizeOf(pieces, 'down').toLocaleString('en'));
    expect(up).toBe(sizeOf(pieces, 'up').toLocaleString('en'));
    expect(perToken).toBe((sizeOf(pieces, 'down') / 6).toFixed(1));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('draws the bits of a frame, and what a mask hides', async () => {
    const { page } = await open();
    await push(page, captured('websocket'));
    await page.locator('.wire-lines').focus();
    await page.keyboard.press('Home');
    await rows(page).filter({ hasText: 'masked' }).first().click();
    const bits = page.locator('.wire-bits li');
    expect(await bits.locator('code').allTextContents()).toEqual(
      expect.arrayContaining(['1', '000', '0001', '1', '1111110']),
    );
    await page.keyboard.press('ArrowDown');
    const inspector = page.locator('[data-wire-inspector]');
    await inspector.filter({ hasText: '"type":"generate"' }).waitFor();
    expect(await inspector.textContent()).toContain('as sent:');
    await page.context().close();
  });

  test('pairs each poll with its answer, headers closed until they are opened', async () => {
    const { page } = await open({ viewport: { width: 1200, height: 1000 } });
    await push(page, captured('short-poll'));
    await page.locator('.wire-lines').focus();
    await page.keyboard.press('Home');
    const header = rows(page).filter({ hasText: 'content-type: application/json' });
    const turn = rows(page).first().locator('button');
    expect(await turn.getAttribute('aria-expanded')).toBe('false');
    expect(await header.count()).toBe(0);
    await page.keyboard.press('Enter');
    await header.first().waitFor();
    expect(await turn.getAttribute('aria-expanded')).toBe('true');
    await turn.click();
    await expect.poll(() => header.count()).toBe(0);
    await page.locator('[data-wire-filter]').selectOption('no-heads');
    await expect.poll(() => rows(page).filter({ hasText: 'request' }).locator('button').count()).toBe(0);
    await page.context().close();
  });

  const head = piece(
    'down',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  const request = piece('up', 'GET /x HTTP/1.1\r\n\r\n');
  const events = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const body = `data: ${JSON.stringify({ seq: from + index, delta: { text: `word ${from + index}` } })}\n\n`;
      return piece('down', `${body.length.toString(16)}\r\n${body}\r\n`);
    });

  test('keeps few lines in the document, follows the end, and stays where somebody looks', async () => {
    const { page } = await open();
    await push(page, [request, head, ...events(1, 1_500)]);
    await rows(page).filter({ hasText: 'word 1500' }).waitFor();
    expect(await rows(page).count()).toBeLessThan(60);
    await page.locator('[data-wire-state]').filter({ hasText: 'older spans are not kept' }).waitFor();
    await push(page, events(1_501, 1));
    const seen = rows(page).filter({ hasText: 'word 1501' });
    await seen.click();
    await push(page, events(1_502, 20));
    await page.waitForFunction(() => document.querySelector('[data-part="all"] td') !== null);
    await expect.poll(() => seen.getAttribute('aria-selected')).toBe('true');
    await page.locator('.wire-lines').focus();
    await page.keyboard.press('End');
    await rows(page).filter({ hasText: 'word 1521' }).waitFor();
    await page.context().close();
  });

  test('pauses what is drawn and not what is counted', async () => {
    const { page } = await open();
    await push(page, [request, head, ...events(1, 3)]);
    await rows(page).filter({ hasText: 'word 3' }).waitFor();
    const before = Number((await total(page, 'payload').first().textContent())?.replace(',', ''));
    await page.locator('[data-wire-pause]').click();
    const hidden = events(4, 3);
    await push(page, hidden);
    const since = `paused; ${sizeOf(hidden, 'down')} bytes since`;
    await page.locator('[data-wire-state]').filter({ hasText: since }).waitFor();
    await expect.poll(() => total(page, 'payload').first().textContent()).toBe(String(before + 18));
    expect(await rows(page).filter({ hasText: 'word 4' }).count()).toBe(0);
    await page.locator('[data-wire-pause]').click();
    await rows(page)
      .filter({ hasText: `${sizeOf(hidden, 'down')} bytes passed during the pause` })
      .waitFor();
    await page.context().close();
  });

  test('shows hostile bytes as text', async () => {
    const { page, complaints } = await open();
    const text = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202e';
    const body = `data: ${JSON.stringify({ seq: 1, delta: { text } })}\n\n`;
    await push(page, [request, head, piece('down', `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`)]);
    await rows(page).filter({ hasText: '<script>' }).first().waitFor();
    expect(await page.title()).toBe('The panel alone');
    expect(await rows(page).filter({ hasText: 'U+202E' }).count()).toBe(1);
    expect(await page.locator('.wire img, .wire script').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing wrong, %s', async (colorScheme) => {
    const { page } = await open({ colorScheme, bypassCSP: true });
    await push(page, captured('websocket'));
    await rows(page).filter({ hasText: 'frame header' }).first().click();
    await page.addScriptTag({ path: axe });
    const results = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
    );
    expect(results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await page.context().close();
  });

  test('nothing sticks out sideways at 360 px', async () => {
    const { page } = await open({ viewport: { width: 360, height: 800 } });
    await push(page, captured('long-poll'));
    await rows(page).filter({ hasText: 'JSON' }).first().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});
