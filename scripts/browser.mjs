// Chromium and the playground together, for the commands that look at the page.
import { pathToFileURL } from 'node:url';

import { chromiumPath, launchChromium } from './chromium.mjs';
import { prepare, root } from './prepare.mjs';

/**
 * Builds what is missing, starts the playground on a free port and Chromium without a screen, and ends both afterwards.
 * Ends the process with status 1, and says what to do, where there is no Chromium.
 * @param {(browser: import('playwright-core').Browser, url: string) => Promise<void>} use
 */
export async function withPlayground(use) {
  if (chromiumPath === undefined) {
    process.stderr.write('No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.\n');
    process.exit(1);
  }
  await prepare();
  const { startPlayground } = await import(pathToFileURL(`${root}apps/playground/dist/index.js`).href);
  const playground = await startPlayground({ port: 0 });
  const browser = await launchChromium();
  try {
    await use(browser, playground.url);
  } finally {
    await browser.close();
    await playground.close();
  }
}
