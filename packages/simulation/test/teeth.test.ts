import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, test } from 'vitest';

import type * as GenerationLog from '@tokenwire/generation-log';
import type * as ClientKit from '@tokenwire/client-kit';

import type * as Simulation from '../src/index.js';
import { PLANTED_BUGS } from './planted-bugs.js';

/** Seeds tried for one bug. Nearly all are found within a hundred; the rarest needs a stop at an odd moment. */
const MOST_LIVES = 5_000;
const LIMIT_MS = 300_000;

const found: [bug: string, rule: string, lives: number][] = [];
afterAll(() => {
  console.log(found.map(([bug, rule, lives]) => `${bug.padEnd(30)} ${rule.padEnd(10)} ${lives} lives`).join('\n'));
});

async function withBug(name: string) {
  const load = async <T>(path: string): Promise<T> => {
    const file = fileURLToPath(new URL(path, import.meta.url));
    return (await import(/* @vite-ignore */ `${file}?bug=${name}`)) as T;
  };
  const { live } = await load<typeof Simulation>('../src/index.ts');
  const { Generations, TickClock } = await load<typeof GenerationLog>('../../generation-log/src/index.ts');
  const { openStream } = await load<typeof ClientKit>('../../client-kit/src/index.ts');
  return { live, core: { Generations, TickClock, openStream } };
}

describe('a planted bug is found', { timeout: LIMIT_MS }, () => {
  test.each(Object.entries(PLANTED_BUGS))('%s', async (name, { breaks }) => {
    const { live, core } = await withBug(name);
    for (let seed = 1; seed <= MOST_LIVES; seed += 1) {
      const [violation] = (await live(seed, core)).violations;
      if (!violation) continue;
      found.push([name, violation.rule, seed]);
      expect(breaks, violation.detail).toContain(violation.rule);
      return;
    }
    expect.fail(`not found in ${MOST_LIVES} lives`);
  });
});

test('the same copies without a bug break nothing', async () => {
  const { live, core } = await withBug('none');
  for (let seed = 1; seed <= 100; seed += 1) expect((await live(seed, core)).violations).toEqual([]);
});
