import { startPlayground, type Playground } from '@tokenwire/playground';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

import { launchChromium } from '../../../../test/chromium.js';

/** Generous, because the machine may be busy with other tests; nothing waits for it in a good run. */
export const PATIENCE_MS = 60_000;

/** A page of the playground, and everything that it complained about or asked another origin for. */
export interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens the playground with these settings in the address, in a browser context of its own. */
export type Open = (
  settings?: Readonly<Record<string, string | number>>,
  options?: BrowserContextOptions,
) => Promise<Visit>;

/** Chromium and a playground for the tests of the `describe` that calls this: there before them, gone after them. */
export function ownPlayground(): Open {
  let browser: Browser;
  let playground: Playground;
  beforeAll(async () => {
    [browser, playground] = await Promise.all([launchChromium(), startPlayground({ port: 0 })]);
  });
  afterAll(async () => {
    await browser?.close();
    await playground?.close();
  });
  return async (settings = {}, options = {}) => {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    return visitIn(await context.newPage(), playground.url, settings);
  };
}

/** The same in a page that is there already. */
export async function visitIn(
  page: Page,
  url: string,
  settings: Readonly<Record<string, string | number>>,
): Promise<Visit> {
  const complaints: string[] = [];
  const { origin, host } = new URL(url);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.stack ?? String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('blob:'))
      complaints.push(`asked for ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) complaints.push(`opened ${socket.url()}`);
  });
  const fields = new URLSearchParams(Object.entries(settings).map(([key, value]) => [key, String(value)]));
  await page.goto(`${url}/#${fields}`);
  await page.locator('[data-ask]').waitFor();
  return { page, complaints };
}

/** Presses "Ask". */
export async function ask(page: Page): Promise<void> {
  await page.locator('[data-ask]').click();
}

/** The panes, in their order; with a mode, those of that mode. */
export function panes(page: Page, mode?: string): Locator {
  return page.locator(mode === undefined ? '[data-pane]' : `[data-pane][data-mode="${mode}"]`);
}

/** What one pane shows. */
export interface Shown {
  readonly status: string | null;
  readonly text: string;
  readonly proof: string | null;
  readonly lost: string | null;
  readonly doubled: string | null;
  readonly checksum: string | null;
}

/** Everything that proves a pane's answer. */
export async function shown(pane: Locator): Promise<Shown> {
  return pane.evaluate((element) => {
    const value = (name: string): string | null =>
      element.querySelector(`[data-${name}]`)?.getAttribute(`data-${name}`) ?? null;
    return {
      status: element.getAttribute('data-status'),
      text: element.querySelector('[data-text]')?.textContent ?? '',
      proof: value('proof'),
      lost: value('lost'),
      doubled: value('doubled'),
      checksum: value('checksum'),
    };
  });
}

/** Waits until every pane has ended and has been compared with the log; gives what they show. */
export async function ended(page: Page): Promise<readonly Shown[]> {
  await page.waitForFunction(
    () => {
      const all = [...document.querySelectorAll('[data-pane]')];
      return all.length > 0 && all.every((pane) => pane.querySelector('[data-proof="good"]'));
    },
    undefined,
    { timeout: PATIENCE_MS },
  );
  return Promise.all((await panes(page).all()).map(shown));
}

/** Waits until a pane has shown more than so many words. */
export async function tokens(pane: Locator, count: number): Promise<void> {
  const element = await pane.elementHandle();
  await pane
    .page()
    .waitForFunction(
      ([shown, least]) => (shown?.querySelector('[data-text]')?.textContent?.split(' ').length ?? 0) > least,
      [element, count] as const,
      { timeout: PATIENCE_MS },
    );
}
