import { chromiumPath } from '../scripts/chromium.mjs';

export { launchChromium } from '../scripts/chromium.mjs';

if (!chromiumPath && process.env['TOKENWIRE_REQUIRE_BROWSER']) {
  throw new Error('TOKENWIRE_REQUIRE_BROWSER is set, but no Chromium was found; install it or set CHROMIUM_PATH.');
}
if (!chromiumPath)
  process.stderr.write('No Chromium found: browser tests are left out. Set CHROMIUM_PATH to run them.\n');

/** Whether browser tests can run. */
export const hasChromium = chromiumPath !== undefined;
