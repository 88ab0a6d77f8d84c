import { expect, test } from 'vitest';
import { HEADINGS, gzipBytes, headingsOf } from '../../client-kit/test/support/package.js';

test('the lesson has all headings, in the order of its siblings', () => {
  expect(headingsOf(new URL('../src/polling.ts', import.meta.url))).toEqual(HEADINGS);
});

test('a page that loads this client loads less than 6.7 KB, compressed', async () => {
  const bytes = await gzipBytes(new URL('../src/index.ts', import.meta.url));
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(6_700);
});
