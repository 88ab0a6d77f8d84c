import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { renderPage } from '../benchmarks/src/report/html/page.js';
import { HOSTILE, makeReport } from '../benchmarks/test/report/fixture.js';
import { hasChromium, launchChromium } from './chromium.js';

const report = makeReport({ hostile: true });
const [first] = report.replay;
const endMs = Math.ceil(Math.max(...report.replay.map(({ arrivalsMs }) => arrivalsMs.at(-1) ?? 0)));

describe.skipIf(!hasChromium)('the page of a report, in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tokenwire-page-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, renderPage(report));
    url = pathToFileURL(file).href;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page and notes whatever it complains about or asks for. */
  async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      const asked = request.url();
      if (asked !== url && asked !== 'data:,') complaints.push(`asked for ${asked}`);
    });
    await page.goto(url);
    return { page, complaints };
  }

  const textOf = (page: Page, lane: number) =>
    page.locator(`[data-lane="${lane}"] [data-text]`).evaluate((element) => element.textContent);
  const stateOf = (page: Page) => page.locator('[data-replay]').getAttribute('data-state');
  const clockOf = async (page: Page) => Number.parseFloat((await page.locator('[data-clock]').textContent()) ?? '');
  const scrubTo = (page: Page, ms: number) => page.locator('[data-scrub]').fill(String(ms));

  test('renders without a complaint and without a request, in the light, in the dark, on a phone', async () => {
    for (const options of [
      { colorScheme: 'light' },
      { colorScheme: 'dark' },
      { viewport: { width: 360, height: 740 } },
    ] as const) {
      const { page, complaints } = await open(options);
      expect(complaints).toEqual([]);
      expect(await page.locator('figure svg').count()).toBeGreaterThan(10);
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(beyond, JSON.stringify(options)).toBe(0);
      await page.context().close();
    }
  });

  test('the policy stops what is not the page’s own', async () => {
    const { page } = await open();
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'document.documentElement.dataset["ran"] = "yes"';
      document.body.append(script);
      return document.documentElement.dataset['ran'] ?? 'no';
    });
    expect(ran).toBe('no');
    await page.context().close();
  });

  test('hostile tokens stay text', async () => {
    const { page, complaints } = await open();
    await scrubTo(page, endMs);
    expect(await textOf(page, 0)).toBe(first?.tokens.join(''));
    for (const token of HOSTILE) expect(await textOf(page, 0)).toContain(token);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('tokenwire: streaming transports, compared');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('shows at every moment what had arrived, and marks a stall', async () => {
    const { page } = await open();
    // `chunked` of the fixture stalls in its middle.
    const stalled = (first?.dueMs[90] ?? 0) + 1;
    for (const ms of [0, 500, stalled, endMs]) {
      await scrubTo(page, Math.floor(ms));
      for (const [index, { tokens, arrivalsMs }] of report.replay.entries()) {
        const arrived = tokens.filter((_, token) => Math.round((arrivalsMs[token] ?? 0) * 10) / 10 <= Math.floor(ms));
        expect(await textOf(page, index), `lane ${index} at ${ms}`).toBe(arrived.join(''));
      }
      expect(await page.locator('[data-lane="0"]').getAttribute('data-stalled')).toBe(ms === stalled ? '' : null);
    }
    expect(await stateOf(page)).toBe('paused');
    await page.context().close();
  });

  test('shows the modes, and controls and peers when asked', async () => {
    const { page } = await open();
    const shown = () => page.locator('.lane:visible').count();
    expect(await shown()).toBe(report.replay.filter(({ kind }) => kind === 'ours').length);
    await page.getByLabel('Show controls and peers too').check();
    expect(await shown()).toBe(report.replay.length);
    await page.context().close();
  });

  test('plays to its end, and again', async () => {
    const { page, complaints } = await open({ reducedMotion: 'no-preference' });
    await page.locator('[data-speed]').selectOption('4');
    // It begins by itself when it is seen; whoever is faster presses the button.
    await page.locator('[data-lanes]').scrollIntoViewIfNeeded();
    if ((await stateOf(page)) === 'paused') await page.locator('[data-do="restart"]').click();
    await page.locator('[data-replay][data-state="done"]').waitFor({ timeout: 40_000 });
    expect(await clockOf(page)).toBeCloseTo(endMs / 1000, 1);
    expect(await textOf(page, 0)).toBe(first?.tokens.join(''));
    await page.locator('[data-speed]').selectOption('0.25');
    await page.locator('[data-do="play"]').click();
    await page.locator('[data-replay][data-state="playing"]').waitFor();
    await page.locator('[data-do="play"]').click();
    expect(await stateOf(page)).toBe('paused');
    const paused = await page.locator('[data-clock]').textContent();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await page.locator('[data-clock]').textContent()).toBe(paused);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('with reduced motion it waits, moves by steps, and token by token', async () => {
    const { page } = await open();
    await page.locator('[data-lanes]').scrollIntoViewIfNeeded();
    expect([await stateOf(page), await clockOf(page)]).toEqual(['paused', 0]);
    const arrivals = report.replay.flatMap(({ arrivalsMs }) => arrivalsMs).sort((a, b) => a - b);
    await page.locator('[data-do="step"]').click();
    expect(await clockOf(page)).toBeCloseTo((arrivals[0] ?? 0) / 1000, 1);
    await page.locator('[data-speed]').selectOption('0.25');
    await page.locator('[data-do="restart"]').click();
    await page.locator('[data-clock]', { hasText: /[1-9]/ }).waitFor();
    await page.locator('[data-do="play"]').click();
    expect((await clockOf(page)) % 0.5).toBe(0);
    await page.context().close();
  });

  test('is worked with the keyboard alone, and every chart has words and numbers', async () => {
    const { page } = await open();
    await page.locator('[data-do="play"]').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-do'))).toBe('step');
    await page.keyboard.press('Enter');
    expect(await clockOf(page)).toBeGreaterThan(0);
    const figures = await page.locator('figure').all();
    for (const figure of figures) {
      expect((await figure.locator('[role="img"]').getAttribute('aria-label'))?.length).toBeGreaterThan(30);
      expect(await figure.locator('details table tbody tr').count()).toBeGreaterThan(0);
    }
    await page.context().close();
  });
});
