// `npm run screenshots`: makes the pictures of docs/playground.md again, from the page as it is.
import { mkdirSync } from 'node:fs';

import { withPlayground } from './browser.mjs';
import { root } from './prepare.mjs';

const FOLDER = `${root}docs/images`;
const ASK = { prompt: 'Tell me about lighthouses', model: 'tiny', maxTokens: '160', tokensPerSecond: '40', seed: '3' };

/**
 * @typedef {object} Shot
 * @property {string} name file name without `.png`
 * @property {Record<string, string>} [settings] beside those of all
 * @property {import('playwright-core').BrowserContextOptions} [context]
 * @property {(page: import('playwright-core').Page) => Promise<void>} [during] what is done to the running answers
 * @property {(page: import('playwright-core').Page) => Promise<void>} [after] what is done when all have ended
 * @property {string} [of] the part of the page that is shown; default: all of it
 * @property {boolean} [running] taken while the answers run
 */

/** What a screen shows at once; without it, the whole page is taken. */
const WIDE = { viewport: { width: 1440, height: 960 } };

/** @type {Shot[]} */
const SHOTS = [
  { name: 'playground-race', context: WIDE, settings: { tool: 'timeline' } },
  { name: 'playground-timeline', settings: { tool: 'timeline', maxTokens: '120' }, of: '.tools' },
  { name: 'playground-wire', settings: { tool: 'wire', maxTokens: '60' }, during: choosePane('SSE'), of: '.tools' },
  {
    name: 'playground-broken',
    settings: { tool: 'break', maxTokens: '160' },
    during: async (page) => {
      await page.waitForFunction(() => (document.querySelector('[data-text]')?.textContent?.length ?? 0) > 150);
      await page.locator('[data-fault="cut-rst"], [data-fault="rst"]').first().click();
    },
  },
  {
    name: 'playground-model',
    settings: { tool: 'model', panes: 'sse', maxTokens: '60' },
    of: '.tools',
    after: inspect,
  },
  { name: 'playground-dark', context: { ...WIDE, colorScheme: 'dark' }, settings: { tool: 'timeline' } },
  {
    name: 'playground-phone',
    context: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
    settings: { panes: 'sse,websocket', maxTokens: '60' },
  },
];

/** @param {string} title */
function choosePane(title) {
  return async (/** @type {import('playwright-core').Page} */ page) => {
    await page.locator('[data-pane-choice]').first().selectOption({ label: title });
  };
}

/** @param {import('playwright-core').Page} page */
async function inspect(page) {
  await page.locator('[data-token-index]').nth(12).hover();
}

mkdirSync(FOLDER, { recursive: true });
const only = process.argv.slice(2);
await withPlayground(async (browser, url) => {
  for (const shot of SHOTS.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)))) {
    process.stderr.write(`${shot.name} …`);
    await take(browser, url, shot);
    process.stderr.write(' done\n');
  }
});

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {Shot} shot
 */
async function take(browser, url, { name, settings, context, during, after, of }) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, reducedMotion: 'reduce', ...context });
  await page.goto(`${url}/#${new URLSearchParams({ ...ASK, ...settings })}`);
  await page.locator('[data-ask]').click();
  await page.locator('[data-text]').first().waitFor();
  await during?.(page);
  await page.waitForFunction(
    () => [...document.querySelectorAll('[data-pane]')].every((pane) => pane.querySelector('[data-proof="good"]')),
    undefined,
    { timeout: 60_000 },
  );
  await after?.(page);
  // The last figures come a quarter of a second after the last event.
  await page.waitForTimeout(1_000);
  const path = `${FOLDER}/${name}.png`;
  if (of === undefined) await page.screenshot({ path, fullPage: context?.viewport === undefined });
  else await page.locator(of).screenshot({ path });
  await page.close();
}
