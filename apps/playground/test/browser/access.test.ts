import { createRequire } from 'node:module';

import { startPlayground, type Playground } from '@tokenwire/playground';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium, launchChromium } from '../../../../test/chromium.js';
import { ask, ended, panes, visit } from './page.js';

const QUICK = { model: 'tiny', maxTokens: 60, tokensPerSecond: 200, ttftMs: 50 };
const TOOLS = ['timeline', 'wire', 'break', 'model', 'share'];
const axe = createRequire(import.meta.url).resolve('axe-core');

describe.skipIf(!hasChromium)('everybody can use the playground', () => {
  let browser: Browser;
  let playground: Playground;

  beforeAll(async () => {
    [browser, playground] = await Promise.all([launchChromium(), startPlayground({ port: 0 })]);
  });

  afterAll(async () => {
    await browser?.close();
    await playground?.close();
  });

  /** What axe finds wrong, in words. */
  async function faults(page: Page): Promise<readonly string[]> {
    const results = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
    );
    return results.violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
  }

  test.each(['light', 'dark'] as const)('axe finds nothing wrong in any tool (%s)', async (colorScheme) => {
    // Playwright puts axe in past the page's policy, which would refuse it.
    const { page } = await visit(browser, playground.url, QUICK, { colorScheme, bypassCSP: true });
    await page.addScriptTag({ path: axe });
    expect(await faults(page)).toEqual([]);
    await ask(page);
    await ended(page);
    for (const tool of TOOLS) {
      await page.locator(`[data-tool="${tool}"]`).click();
      await page.locator('[role="tabpanel"] > *').first().waitFor();
      expect(await faults(page), tool).toEqual([]);
    }
    await page.context().close();
  });

  test.each([360, 768, 1440])('nothing sticks out sideways at %d px', async (width) => {
    const { page } = await visit(browser, playground.url, QUICK, { viewport: { width, height: 800 } });
    const beyond = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await beyond()).toBe(0);
    await ask(page);
    await ended(page);
    for (const tool of TOOLS) {
      await page.locator(`[data-tool="${tool}"]`).click();
      await page.locator('[role="tabpanel"] > *').first().waitFor();
      expect(await beyond(), tool).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  });

  test('the keyboard alone asks, chooses a tool and stops', async () => {
    const { page } = await visit(browser, playground.url, { ...QUICK, model: 'sim', maxTokens: 20_000 });
    await page.locator('textarea[name="prompt"]').focus();
    await page.keyboard.press('Control+Enter');
    await panes(page, 'sse').waitFor();
    await page.locator('[data-tool="timeline"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('[data-tool="wire"]').getAttribute('aria-selected')).toBe('true');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-tool'))).toBe('wire');
    await page.keyboard.press('End');
    expect(await page.locator('[data-tool="share"]').getAttribute('aria-selected')).toBe('true');
    await page.locator('[data-stop-all]').focus();
    await page.keyboard.press('Enter');
    const all = await ended(page);
    expect(all.every(({ status }) => status === 'cancelled')).toBe(true);
    await page.context().close();
  });
});
