import { describe, expect, test } from 'vitest';

import { hasChromium } from '../../../../test/chromium.js';
import { ask, ended, PATIENCE_MS, panes, ownPlayground } from './page.js';

/** Few enough tokens that panes say their bytes to the last one. */
const SHORT = { model: 'tiny', maxTokens: 20, tokensPerSecond: 100, ttftMs: 50, tool: 'wire' };

describe.skipIf(!hasChromium)('on the wire', () => {
  const open = ownPlayground();

  test('every byte that a lane has carried is explained, in every mode', async () => {
    const { page, complaints } = await open(SHORT);
    await ask(page);
    const answers = await ended(page);
    const payload = new TextEncoder().encode(answers[0]?.text ?? '').length;
    const keys = await page
      .locator('[data-pane-choice] option')
      .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
    expect(keys).toHaveLength(5);
    for (const [index, key] of keys.entries()) {
      await page.locator('[data-pane-choice]').selectOption(key);
      const received = panes(page).nth(index).locator('dl.stats div', { hasText: 'Received' }).locator('dd');
      const down = (part: string) => page.locator(`[data-wire-totals] [data-part="${part}"] td`).first();
      // The host's counters come a moment after the bytes.
      await expect
        .poll(async () => `${(await down('all').textContent())?.replaceAll(',', '')} B`, { timeout: PATIENCE_MS })
        .toBe(await received.textContent());
      expect(await down('payload').textContent(), key).toBe(payload.toLocaleString('en'));
      expect(await page.locator('.wire-label.wire-unknown').count(), key).toBe(0);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
