import { existsSync } from 'node:fs';

import { chromium, type Browser } from 'playwright-core';

/** Chromium as distributions install it; playwright-core brings none. */
const executablePath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
  .filter((path) => path !== undefined)
  .find((path) => existsSync(path));

if (!executablePath && process.env['TOKENWIRE_REQUIRE_BROWSER']) {
  throw new Error('TOKENWIRE_REQUIRE_BROWSER is set, but no Chromium was found; install it or set CHROMIUM_PATH.');
}
if (!executablePath)
  process.stderr.write('No Chromium found: browser tests are left out. Set CHROMIUM_PATH to run them.\n');

/** Whether browser tests can run. */
export const hasChromium = executablePath !== undefined;

/** Starts Chromium without a screen, and without whatever it would ask the network for by itself. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath!,
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
