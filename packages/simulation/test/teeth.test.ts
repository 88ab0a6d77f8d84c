import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, test } from 'vitest';

import type * as GenerationLog from '@tokenwire/generation-log';
import type * as ClientKit from '@tokenwire/client-kit';

import type * as Simulation from '../src/index.js';
import { PLANTED_BUGS } from './planted-bugs.js';

/** Seeds tried for one bug. Nearly all are found within a hundred. */
const MOST_LIVES = 3_000;
const LIMIT_MS = 300_000;

const found: [bug: string, rule: string, lives: number][] = [];
afterAll(() => {
  console.log(found.map(([bug, rule, lives]) => `${bug.padEnd(30)} ${rule.padEnd(10)} ${lives} lives`).join('\n'));
});

/** The packages that the bug is in as copies with it, the others as they are. */
async function withBug(name: string) {
  const load = async <T>(folder: string): Promise<T> => {
    const file = fileURLToPath(new URL(`../../${folder}/src/index.ts`, import.meta.url));
    const copied = !PLANTED_BUGS[name] || PLANTED_BUGS[name].edits.some((edit) => edit.file.startsWith(`${folder}/`));
    return (await import(/* @vite-ignore */ copied ? `${file}?bug=${name}` : file)) as T;
  };
  const { live } = await load<typeof Simulation>('simulation');
  const { Generations, TickClock } = await load<typeof GenerationLog>('generation-log');
  const { openStream } = await load<typeof ClientKit>('client-kit');
  return { live, core: { Generations, TickClock, openStream } };
}

describe('a planted bug is found', { timeout: LIMIT_MS }, () => {
  test.each(Object.entries(PLANTED_BUGS))('%s', async (name, { breaks, rare = 0 }) => {
    const { live, core } = await withBug(name);
    for (let seed = rare + 1; seed <= rare + MOST_LIVES; seed += 1) {
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
