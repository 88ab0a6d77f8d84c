import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { FAULTS } from '../../web/src/break/faults.js';

const page = readFileSync(new URL('../../../../docs/break-it.md', import.meta.url), 'utf8');

test('the page about faults has a row for each button, and for nothing else', () => {
  const [, table = ''] = /^## The buttons\n+\|.*\n\|[ :|-]+\n((?:\|.*\n)*)/m.exec(page) ?? [];
  const titles = [...table.matchAll(/^\| ([^|]+?) \|/gm)].map(([, title]) => title);
  expect(titles).toEqual(FAULTS.map(({ title }) => title));
});
