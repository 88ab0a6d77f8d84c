// Chromium as distributions install it; playwright-core brings none.
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

/** Where it is: `CHROMIUM_PATH`, or a usual place. Undefined where there is none. */
export const chromiumPath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

/**
 * Starts it without a screen, and without whatever it would ask the network for by itself.
 * @returns {Promise<import('playwright-core').Browser>} rejects where there is no Chromium
 */
export function launchChromium() {
  if (chromiumPath === undefined) return Promise.reject(new Error('No Chromium found: set CHROMIUM_PATH.'));
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
