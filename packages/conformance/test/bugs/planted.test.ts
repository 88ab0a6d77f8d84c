import { readFileSync } from 'node:fs';

import { afterAll, describe, expect, it } from 'vitest';

import { REQUIREMENTS } from '../../src/index.js';
import { BUGS } from './bugs.js';
import { Hunts, timedOut } from './hunt.js';
import { PAGE, pageOf } from './page.js';

// A suite that nothing fails proves nothing: each of these bugs is planted, alone, and must be found by the requirements
// that are there for it. Without bugs all requirements pass: that is what the other tests of this package are.

/** Two processes each, most of the time waiting; the rest is the machine's. */
const LIMIT_MS = 120_000;

describe('The planted bugs', () => {
  it('are at least forty, each with a name of its own', () => {
    expect(BUGS.length).toBeGreaterThanOrEqual(40);
    const ids = BUGS.map(({ id }) => id);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(BUGS.map((bug) => [bug.id, bug] as const))('%s can be planted: its place is there once', (_, { edits }) => {
    for (const { file, find, replace } of edits) {
      const text = readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
      expect(text.split(find).length - 1, `${find} in ${file}`).toBe(1);
      expect(replace).not.toBe(find);
    }
  });

  it('name requirements that exist and are asked of the mode', () => {
    for (const { id, caughtBy, mode } of BUGS) {
      for (const name of caughtBy) {
        const requirement = REQUIREMENTS.find((one) => one.id === name);
        expect(requirement, `${id} names ${name}`).toBeDefined();
        expect(requirement?.exempt?.[mode], `${id} names ${name}`).toBeUndefined();
        expect(requirement?.needs ?? [], `${id} names ${name}`).not.toContain('combined');
      }
    }
  });
});

it('docs/planted-bugs.md lists the bugs, and what finds each of them', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(pageOf(BUGS));
});

/** One for each requirement; `npm run test:bugs` plants them all. */
const QUICK = BUGS.filter((bug, index) => BUGS.findIndex(({ caughtBy }) => caughtBy[0] === bug.caughtBy[0]) === index);

describe.concurrent('A kit with a broken part finds it:', () => {
  const hunts = new Hunts();
  afterAll(() => hunts.close());

  for (const bug of QUICK) {
    const [first] = bug.caughtBy;
    it(`${bug.kind}, ${bug.mode}: ${bug.title} (${bug.id})`, { timeout: LIMIT_MS }, async ({ expect }) => {
      const results = await hunts.hunt(bug, [first]);
      expect(results).toMatchObject([{ id: first, status: 'failed' }]);
      // Slowness must not be taken for a find.
      if (!bug.hangs) expect(results.filter(timedOut), 'found by a time limit only').toEqual([]);
    });
  }
});
