import { createRequire } from 'node:module';

import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { hasChromium } from '../../../../test/chromium.js';
import { ask, ended, panes, ownPlayground } from './page.js';

const QUICK = { model: 'tiny', maxTokens: 60, tokensPerSecond: 200, ttftMs: 50 };
const TOOLS = ['timeline', 'wire', 'break', 'model', 'share'];
const axe = createRequire(import.meta.url).resolve('axe-core');

describe.skipIf(!hasChromium)('everybody can use the playground', () => {
  const open = ownPlayground();

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
    const { page } = await open(QUICK, { colorScheme, bypassCSP: true });
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
    const { page } = await open(QUICK, { viewport: { width, height: 800 } });
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
    const { page } = await open({ ...QUICK, model: 'sim', maxTokens: 20_000 });
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
