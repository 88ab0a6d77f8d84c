// `npm run smooth`: five panes at 200 tokens a second for 30 s in Chromium. Says what the longest task of the page's main
// thread was, how many frames there were, and what the page holds afterwards. A figure for an idle machine.
import { withPlayground } from './browser.mjs';

const SECONDS = 30;
const RATE = 200;
const TOOLS = process.argv.slice(2).filter((name) => !name.startsWith('-'));

/** @param {import('playwright-core').CDPSession} session */
async function heapMb(session) {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

await withPlayground(async (browser, url) => {
  for (const tool of TOOLS.length > 0 ? TOOLS : ['timeline', 'wire', 'break', 'model', 'share']) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    const session = await page.context().newCDPSession(page);
    const settings = { model: 'sim', prompt: 'x', tool, maxTokens: RATE * SECONDS, tokensPerSecond: RATE, ttftMs: 100 };
    await page.addInitScript(watch);
    await page.goto(
      `${url}/#${new URLSearchParams(Object.entries(settings).map(([key, value]) => [key, String(value)]))}`,
    );
    await page.locator('[data-ask]').waitFor();
    await page.waitForTimeout(1_000);
    await page.locator('[data-ask]').click();
    await page.waitForFunction(ended, undefined, { timeout: (SECONDS + 60) * 1000 });
    /** @type {{ tasks: number[], frames: number, elapsedMs: number }} */
    const { tasks, frames, elapsedMs } = await page.evaluate(() => /** @type {any} */ (globalThis).watched());
    const after = await heapMb(session);
    await page.waitForTimeout(10_000);
    const later = await heapMb(session);
    const longest = Math.max(0, ...tasks);
    process.stdout.write(
      `${tool.padEnd(9)} longest task ${longest.toFixed(0)} ms, ${tasks.filter((ms) => ms > 100).length} above 100 ms, ` +
        `${tasks.length} above 50 ms; ${((frames / elapsedMs) * 1000).toFixed(1)} frames/s; ` +
        `heap ${after.toFixed(1)} MB after the answers, ${later.toFixed(1)} MB 10 s later\n`,
    );
    await page.close();
  }
});

function ended() {
  const panes = [...document.querySelectorAll('[data-pane]')];
  return panes.length > 0 && panes.every((pane) => pane.querySelector('[data-proof="good"]'));
}

/** In the page: the browser's own list of long tasks (W3C Long Tasks API: above 50 ms), and its frames. */
function watch() {
  /** @type {number[]} */
  const tasks = [];
  let frames = 0;
  const startMs = performance.now();
  new PerformanceObserver((list) => {
    // The page's own start is not what is measured.
    for (const { duration, startTime } of list.getEntries()) if (startTime > startMs + 1_000) tasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const count = () => {
    frames += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  Object.assign(globalThis, { watched: () => ({ tasks, frames, elapsedMs: performance.now() - startMs }) });
}
