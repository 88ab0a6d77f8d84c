import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { hasChromium } from '../../../../test/chromium.js';
import { ask, ended, ownPlayground } from './page.js';

const ANSWER = { model: 'tiny', prompt: 'Tell me about lighthouses', seed: 3, tokensPerSecond: 200, ttftMs: 50 };

describe.skipIf(!hasChromium)('inside the model, in Chromium', () => {
  const open = ownPlayground();

  const inside = async (): Promise<Page> => {
    const viewport = { width: 400, height: 800 };
    const { page } = await open({ ...ANSWER, panes: 'sse', tool: 'model' }, { viewport });
    await ask(page);
    await ended(page);
    await page.locator('[data-token-index="20"]').waitFor();
    return page;
  };

  test('the tokens are the answer, and the keyboard walks through them, line by line too', async () => {
    const page = await inside();
    const tokens = page.locator('[data-token-index]');
    expect((await tokens.allTextContents()).join('')).toBe(await page.locator('[data-text]').textContent());
    await page.locator('.token-text [tabindex="0"]').focus();
    const focused = () =>
      page.evaluate(() => {
        const { dataset, offsetTop } = document.activeElement as HTMLElement;
        return { index: Number(dataset['tokenIndex']), top: offsetTop };
      });
    const first = await focused();
    await page.keyboard.press('ArrowDown');
    const below = await focused();
    expect(below.top).toBeGreaterThan(first.top);
    await page.keyboard.press('ArrowRight');
    expect((await focused()).index).toBe(below.index + 1);
    await page.keyboard.press('ArrowUp');
    expect((await focused()).top).toBe(first.top);
    await page.keyboard.press('End');
    expect((await focused()).index).toBe((await tokens.count()) - 1);
    await page.context().close();
  });

  test('a token below the pointer shows what else could have come', async () => {
    const page = await inside();
    const heading = page.locator('.token-detail h3');
    const before = await heading.textContent();
    await page.locator('[data-token-index="7"]').hover();
    await expect.poll(() => heading.textContent()).toMatch(/^Token 8: /);
    expect(await page.locator('.token-detail tbody tr').count()).toBeGreaterThanOrEqual(11);
    await page.locator('[data-ask]').hover();
    await expect.poll(() => heading.textContent()).toBe(before);
    await page.context().close();
  });

  test('the link beside the slider sets the temperature and another seed, which give another answer', async () => {
    const page = await inside();
    const before = await page.locator('[data-text]').textContent();
    await page.locator('.temperature input').fill('1.5');
    await page.locator('.temperature a').click();
    await expect.poll(() => page.url()).toContain('temperature=1.5');
    await ask(page);
    // Another answer begins with its own temperature.
    await expect
      .poll(() => page.locator('.temperature a').getAttribute('href'), { timeout: 20_000 })
      .toContain('seed=5');
    const [shown] = await ended(page);
    expect(shown?.text.length).toBeGreaterThan(20);
    expect(shown?.text).not.toBe(before);
    await page.context().close();
  });
});
