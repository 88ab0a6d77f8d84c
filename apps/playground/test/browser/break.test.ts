import { MODES } from '@tokenwire/protocol';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { hasChromium } from '../../../../test/chromium.js';
import { FAULT_GROUPS } from '../../web/src/break/faults.js';
import { PATIENCE_MS, ask, ended, panes, tokens, ownPlayground } from './page.js';

/** Ten seconds long, so that there is a middle in which it can be broken, on a busy machine too. */
const ANSWER = { model: 'sim', prompt: 'x', maxTokens: 400, tokensPerSecond: 40, ttftMs: 50, tool: 'break' };

/** A blackhole is noticed after the silence that clients bear; a held poll comes on top. With a busy machine, more. */
const LIMIT_MS = 120_000;

/** What has a test of its own below, and what has nothing to break: repairing. */
const APART = new Set(['server-restart', 'repair']);
const FAULTS = FAULT_GROUPS.flatMap(({ faults }) => faults).filter(({ id }) => !APART.has(id));

/** Asks, waits until every pane is in the middle, and does this to all of them. */
async function breakAll(page: Page, fault: string): Promise<void> {
  await ask(page);
  await page.locator('[data-fault-target]').selectOption('');
  for (const pane of await panes(page).all()) await tokens(pane, 20);
  await page.locator(`[data-fault="${fault}"]`).click();
}

/** Who has told something in each pane. */
async function tellers(page: Page): Promise<readonly ReadonlySet<string | null>[]> {
  const all = await panes(page).evaluateAll((elements) =>
    elements.map((pane) => [...pane.querySelectorAll('[data-incident]')].map((row) => row.getAttribute('data-who'))),
  );
  return all.map((who) => new Set(who));
}

describe.skipIf(!hasChromium)('what is broken in the playground ends with the text of the log', () => {
  const open = ownPlayground();

  test.each(FAULTS.map(({ id, lasting = false }) => [id, lasting] as const))(
    '%s, in all five modes',
    { timeout: LIMIT_MS },
    async (id, lasting) => {
      const { page } = await open(ANSWER);
      await breakAll(page, id);
      if (lasting) {
        for (const pane of await panes(page).all()) await tokens(pane, 60);
        await page.locator('[data-fault="repair"]').click();
      }
      const all = await ended(page);
      const status = id === 'upstream-error' ? 'failed' : 'completed';
      expect(all.map((pane) => [pane.status, pane.lost, pane.doubled])).toEqual(MODES.map(() => [status, '0', '0']));
      // Models that fail do so one after the other, so that those texts have different lengths.
      const texts = all.map(({ text }) => text).sort((a, b) => a.length - b.length);
      if (status === 'completed') expect(new Set(texts).size).toBe(1);
      for (const text of texts) expect(texts.at(-1)?.startsWith(text)).toBe(true);
      // Between two polls there may be no connection to break, and a pane that switches is not told about itself.
      const told = await tellers(page);
      expect(told.filter((who) => who.size > 0).length).toBeGreaterThanOrEqual(3);
      await page.context().close();
    },
  );

  test('one pane can be broken alone', { timeout: LIMIT_MS }, async () => {
    const { page } = await open(ANSWER);
    await ask(page);
    for (const pane of await panes(page).all()) await tokens(pane, 20);
    await page.locator('[data-fault-target]').selectOption({ label: 'SSE' });
    await page.locator('[data-fault="cut-rst"]').click();
    await ended(page);
    const told = await tellers(page);
    expect(told.map((who) => who.size > 0)).toEqual(MODES.map((mode) => mode === 'sse'));
    await page.context().close();
  });
});

describe.skipIf(!hasChromium)('a server that is replaced in mid-answer', () => {
  const open = ownPlayground();

  test('finishes what it has, and the next answer is another’s', { timeout: LIMIT_MS }, async () => {
    const { page } = await open(ANSWER);
    await breakAll(page, 'server-restart');
    const all = await ended(page);
    expect(all.map((pane) => [pane.status, pane.lost, pane.doubled])).toEqual(MODES.map(() => ['completed', '0', '0']));
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    for (const who of await tellers(page)) expect([...who]).toEqual(expect.arrayContaining(['server', 'client']));
    await ask(page);
    await expect
      .poll(
        async () =>
          (await panes(page).evaluateAll((every) => every.map((pane) => pane.getAttribute('data-status')))).filter(
            (status) => status === 'streaming',
          ).length,
        {
          timeout: PATIENCE_MS,
        },
      )
      .toBeGreaterThan(0);
    const again = await ended(page);
    expect(again.map(({ text }) => text)).toEqual(all.map(({ text }) => text));
    await page.context().close();
  });
});

describe.skipIf(!hasChromium)('six connections and no more', () => {
  const open = ownPlayground();

  /** Seven SSE panes, of which one must wait in the browser. */
  async function seven(maxTokens: number) {
    const settings = { ...ANSWER, panes: Array.from({ length: 7 }, () => 'sse').join(','), maxTokens };
    const { page } = await open(settings);
    await ask(page);
    const notice = page.locator('[data-connection-notice]');
    await notice.waitFor({ timeout: PATIENCE_MS });
    return { page, notice };
  }

  test('the seventh SSE pane says why it waits, and starts by itself', { timeout: LIMIT_MS }, async () => {
    const { page, notice } = await seven(400);
    expect(await notice.count()).toBe(1);
    expect(await notice.textContent()).toMatch(/six/i);
    const all = await ended(page);
    expect(all).toHaveLength(7);
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    expect(await notice.count()).toBe(0);
    await page.context().close();
  });

  test('or goes on at once over a WebSocket', { timeout: LIMIT_MS }, async () => {
    const { page, notice } = await seven(20_000);
    await notice.locator('[data-to-websocket]').click();
    await tokens(panes(page, 'websocket'), 20);
    expect(await panes(page, 'sse').count()).toBe(6);
    await page.context().close();
  });

  test('all can be stopped, although a stop is a request too', { timeout: LIMIT_MS }, async () => {
    const { page } = await seven(20_000);
    await page.locator('[data-stop-all]').click();
    await expect
      .poll(
        () =>
          panes(page).evaluateAll(
            (all) => all.filter((pane) => pane.getAttribute('data-status') === 'cancelled').length,
          ),
        {
          timeout: PATIENCE_MS,
        },
      )
      .toBeGreaterThanOrEqual(6);
    await page.context().close();
  });
});
