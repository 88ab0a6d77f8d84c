import { MODES } from '@tokenwire/protocol';
import { describe, expect, test } from 'vitest';

import { hasChromium } from '../../../../test/chromium.js';
import { PATIENCE_MS, ask, ended, panes, shown, tokens, ownPlayground, visitIn } from './page.js';

const QUICK = { model: 'sim', prompt: 'x', maxTokens: 80, tokensPerSecond: 200, ttftMs: 50 };
/** Long enough to do something to it in the middle. */
const LONG = { model: 'sim', prompt: 'x', maxTokens: 400, tokensPerSecond: 60, ttftMs: 50 };

describe.skipIf(!hasChromium)('the playground, in Chromium', () => {
  const open = ownPlayground();

  test('every mode answers, with the same text, nothing lost and nothing doubled', async () => {
    const { page, complaints } = await open(QUICK);
    await ask(page);
    const all = await ended(page);
    expect(all.map(({ status }) => status)).toEqual(MODES.map(() => 'completed'));
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    expect(all[0]?.text.length).toBeGreaterThan(200);
    expect(all.map(({ lost, doubled }) => [lost, doubled])).toEqual(MODES.map(() => ['0', '0']));
    expect(await page.locator('[data-verdict]').getAttribute('data-verdict')).toBe('identical');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('asking again asks the model again, and the page says when all have ended', async () => {
    const { page } = await open({ ...QUICK, panes: 'sse,websocket' });
    await ask(page);
    await ended(page);
    const cursorOf = () => panes(page, 'sse').locator('.stats [title^="gen_"]').getAttribute('title');
    const before = await cursorOf();
    await ask(page);
    await expect.poll(cursorOf, { timeout: PATIENCE_MS }).not.toBe(before);
    await ended(page);
    await expect
      .poll(() => page.locator('[data-announcer]').textContent(), { timeout: PATIENCE_MS })
      .toMatch(/WebSocket: complete, 80 tokens, 0 lost, 0 doubled, the same text as the log/);
    await page.context().close();
  });

  test('however often one asks, each answer has a line of its own, because those before give theirs back', async () => {
    const { page } = await open({ ...QUICK, maxTokens: 10 });
    // A page may have 64 lanes at a time; this would need 75.
    for (let time = 0; time < 15; time += 1) {
      const lanes = new Set<string | null>();
      page.on('request', (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname.startsWith('/generations') && request.method() === 'POST') lanes.add(searchParams.get('lane'));
      });
      await ask(page);
      // Four modes begin with a POST; the fifth with a socket.
      await expect.poll(() => lanes.size, { timeout: PATIENCE_MS }).toBe(4);
      expect([...lanes]).not.toContain(null);
      page.removeAllListeners('request');
    }
    await page.context().close();
  });

  test('a reload goes on with the same answers, from their beginning to their end', async () => {
    const { page } = await open(LONG);
    await ask(page);
    for (const pane of await panes(page).all()) await tokens(pane, 10);
    const before = await Promise.all((await panes(page).all()).map(shown));
    const idsOf = () =>
      page
        .locator('.stats [title^="gen_"]')
        .evaluateAll((all) => all.map((cell) => cell.getAttribute('title')?.split('.')[0]));
    const ids = await idsOf();
    await page.reload();
    const after = await ended(page);
    expect(await idsOf()).toEqual(ids);
    for (const [index, { text, status }] of after.entries()) {
      expect(status).toBe('completed');
      expect(text.startsWith(before[index]?.text ?? '?')).toBe(true);
    }
    expect(new Set(after.map(({ text }) => text)).size).toBe(1);
    await page.context().close();
  });

  test('stop stops one pane on the server, and leaves the others alone; stop all stops them too', async () => {
    const { page } = await open({ ...LONG, maxTokens: 20_000 });
    await ask(page);
    for (const pane of await panes(page).all()) await tokens(pane, 10);
    await panes(page, 'sse').locator('[data-stop]').click();
    await expect.poll(() => panes(page, 'sse').getAttribute('data-status'), { timeout: PATIENCE_MS }).toBe('cancelled');
    expect(await panes(page, 'websocket').getAttribute('data-status')).toBe('streaming');
    await page.locator('[data-stop-all]').click();
    const all = await ended(page);
    expect(all.map(({ status }) => status)).toEqual(MODES.map(() => 'cancelled'));
    await page.context().close();
  });

  test('a second tab reads the same answers while they are being given', async () => {
    const { page } = await open(LONG);
    await ask(page);
    for (const pane of await panes(page).all()) await tokens(pane, 10);
    await page.locator('[data-tool="share"]').click();
    const address = (await page.locator('[data-share="read"]').textContent()) ?? '';
    const other = await visitIn(
      await page.context().newPage(),
      new URL(page.url()).origin,
      Object.fromEntries(new URLSearchParams(new URL(address).hash.slice(1))),
    );
    const [first, second] = await Promise.all([ended(page), ended(other.page)]);
    expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    expect(second.map(({ checksum }) => checksum)).toEqual(first.map(({ checksum }) => checksum));
    const ids = (one: typeof page) =>
      one.locator('.stats [title^="gen_"]').evaluateAll((all) => all.map((cell) => cell.getAttribute('title')));
    expect(await ids(other.page)).toEqual(await ids(page));
    await page.context().close();
  });

  test.each(['text', 'markdown'])(
    'hostile content is text (%s): nothing runs, nothing is loaded, nothing leaves the origin',
    async (view) => {
      const { page, complaints } = await open({
        ...QUICK,
        model: 'sim/hostile',
        view,
      });
      await page.evaluate(() => {
        globalThis.alert = () => document.body.setAttribute('data-run', 'yes');
      });
      await ask(page);
      const all = await ended(page);
      expect(all.every(({ status }) => status === 'completed')).toBe(true);
      expect(await page.locator('body').getAttribute('data-run')).toBeNull();
      expect(await page.locator('.answer :is(script, img, iframe, object, style, svg, form)').count()).toBe(0);
      expect(await page.locator('.answer a[href^="javascript:" i]').count()).toBe(0);
      // The policy had nothing to stop either: complaints of it would be here.
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test('thinking is collapsed, and the arguments of a tool stream', async () => {
    const { page } = await open({
      ...QUICK,
      model: 'sim/structured',
      panes: 'websocket',
      tokensPerSecond: 40,
    });
    await ask(page);
    const tool = page.locator('[data-block="tool_use"]');
    await tool.waitFor({ timeout: PATIENCE_MS });
    await ended(page);
    expect(await tool.textContent()).toContain('get_weather');
    expect(await tool.textContent()).toContain('celsius');
    expect(await page.locator('details[data-block="thinking"]').getAttribute('open')).toBeNull();
    await page.context().close();
  });
});
