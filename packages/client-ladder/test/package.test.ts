import { expect, test } from 'vitest';
import { gzipBytes } from '../../client-kit/test/support/package.js';

test('a page that loads the ladder loads all four transports in less than 12 KB, compressed', async () => {
  const bytes = await gzipBytes(new URL('../src/index.ts', import.meta.url));
  expect(bytes).toBeGreaterThan(8_000);
  expect(bytes).toBeLessThan(12_000);
});
