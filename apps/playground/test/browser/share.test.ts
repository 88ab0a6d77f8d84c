import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { MODES } from '@tokenwire/protocol';
import { parseRecording } from '@tokenwire/token-source';
import { describe, expect, test } from 'vitest';

import { hasChromium } from '../../../../test/chromium.js';
import { ask, ended, ownPlayground } from './page.js';

const ANSWER = { model: 'tiny', prompt: 'It\'s a "lighthouse" $HOME', maxTokens: 60, tokensPerSecond: 200, ttftMs: 50 };

describe.skipIf(!hasChromium || process.platform === 'win32')('what is shared from the playground', () => {
  const open = ownPlayground();

  test('the recording is saved as a file, under the page’s policy, and is the answer', async () => {
    const { page, complaints } = await open({ ...ANSWER, tool: 'share' });
    await ask(page);
    const [first] = await ended(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('[data-share="download"]').click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^[a-z0-9-]{1,64}\.jsonl$/);
    const command = `npm run bench -- steady --recording that/folder/${download.suggestedFilename()}`;
    await page.locator('.share-note code', { hasText: command }).waitFor();
    const { header, lines } = parseRecording(await readFile(await download.path(), 'utf8'));
    expect(header).toMatchObject({ model: 'tiny', request: { messages: [{ role: 'user', content: ANSWER.prompt }] } });
    expect(lines.map(({ piece }) => (piece.type === 'text' ? piece.text : '')).join('')).toBe(first?.text);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('each pane’s curl lines get the pane’s answer from the same address', async () => {
    const { page } = await open({ ...ANSWER, tool: 'share' });
    await ask(page);
    const [first] = await ended(page);
    const choice = page.locator('[data-pane-choice]');
    const keys = await choice
      .locator('option')
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    expect(keys).toHaveLength(MODES.length);
    for (const key of keys) {
      await choice.selectOption(key);
      const lines = (await page.locator('[data-share="curl"]').textContent()) ?? '';
      const { stdout } = await promisify(execFile)('sh', ['-c', lines], { maxBuffer: 10_000_000 });
      // In every framing each event is JSON on its own.
      const texts = [...stdout.matchAll(/"delta":(\{"type":"text_delta","text":"(?:[^"\\]|\\.)*"\})/g)];
      const text = texts.map(([, delta]) => (JSON.parse(delta ?? '') as { text: string }).text).join('');
      expect([key, text]).toEqual([key, first?.text]);
    }
    await page.context().close();
  });
});
