import { expect, test } from 'vitest';
import { gzipBytes } from '../../client-kit/test/support/package.js';

const REACT = /^react(-dom)?(\/|$)/;

test('the hook adds less than 3 KB, compressed, to a page that has React and a client', async () => {
  const bytes = await gzipBytes(new URL('../src/index.ts', import.meta.url), [REACT, /^@tokenwire\//]);
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(3_000);
});

test('Markdown adds less than 40 KB, nearly all of it the parser; a page that does not import it has none of that', async () => {
  const bytes = await gzipBytes(new URL('../src/markdown/index.ts', import.meta.url), [REACT]);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(40_000);
});
