// Chromium and the playground together, for the commands that look at the page.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import { prepare, root } from './prepare.mjs';

/**
 * Builds what is missing, starts the playground on a free port and Chromium without a screen, and ends both afterwards.
 * Ends the process with status 1, and says what to do, where there is no Chromium.
 * @param {(browser: import('playwright-core').Browser, url: string) => Promise<void>} use
 */
export async function withPlayground(use) {
  const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (!executablePath) {
    process.stderr.write('No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.\n');
    process.exit(1);
  }
  await prepare();
  const { startPlayground } = await import(pathToFileURL(`${root}apps/playground/dist/index.js`).href);
  const playground = await startPlayground({ port: 0 });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    await use(browser, playground.url);
  } finally {
    await browser.close();
    await playground.close();
  }
}
