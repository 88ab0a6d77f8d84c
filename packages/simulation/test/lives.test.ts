import { randomInt } from 'node:crypto';

import { openStream } from '@tokenwire/client-kit';
import { Generations, TickClock } from '@tokenwire/generation-log';
import { describe, expect, test } from 'vitest';

import { drawPlan, live, partsOf, without } from '../src/index.js';

const CORE = { Generations, TickClock, openStream };
const BLOCK = 250;
/** Other seeds in each run: what one run missed, another may find. They are in the test's name. */
const ROTATING = randomInt(2 ** 31);

const blocks = (from: number, count: number) => Array.from({ length: count / BLOCK }, (_, i) => from + i * BLOCK);

describe.each([
  ['fixed', blocks(1, 2_000)],
  ['rotating', blocks(ROTATING, 1_000)],
])('lives of %s seeds', (_, starts) => {
  test.each(starts)(`${BLOCK} from seed %i`, { timeout: 300_000 }, async (start) => {
    for (let seed = start; seed < start + BLOCK; seed += 1) {
      const { violations } = await live(seed, CORE);
      expect(violations, `npm run test:lives -- --seed ${seed}`).toEqual([]);
    }
  });
});

test('the same seed takes the same course, to the last line', async () => {
  const course = async (seed: number): Promise<string[]> => {
    const lines: string[] = [];
    await live(seed, CORE, (line) => lines.push(line));
    return lines;
  };
  let lines = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const first = await course(seed);
    expect(await course(seed)).toEqual(first);
    lines += first.length;
  }
  expect(lines).toBeGreaterThan(1_000);
});

test('other lives at the same time change nothing', async () => {
  const course = async (seed: number): Promise<string> => {
    const lines: string[] = [];
    await live(seed, CORE, (line) => lines.push(line));
    return lines.join('\n');
  };
  const alone: string[] = [];
  for (let seed = 1; seed <= 20; seed += 1) alone.push(await course(seed));
  expect(await Promise.all(alone.map((_, i) => course(i + 1)))).toEqual(alone);
});

test('every part of a life can be left out', async () => {
  const plan = drawPlan(7);
  for (const part of partsOf(plan)) {
    expect((await live(without(plan, new Set([part])), CORE)).violations, part).toEqual([]);
  }
  const bare = without(plan, new Set(partsOf(plan)));
  expect(bare).toMatchObject({ readers: [], steps: [], disorder: { lateMs: 0, ties: false, faults: 0 } });
  expect((await live(bare, CORE)).tally.events).toBe(0);
});

test('lives are full of what is looked for', async () => {
  const seen: Record<string, number> = {};
  const notice = (line: string): void => {
    const words = /(got|reconnecting|refused with \w+|throws \w+|will break|has ended with \w+|cut|stop|restart)/.exec(
      line,
    );
    if (words?.[1]) seen[words[1]] = (seen[words[1]] ?? 0) + 1;
  };
  for (let seed = 1; seed <= 400; seed += 1) await live(seed, CORE, notice);
  const wanted = [
    ...['got', 'reconnecting', 'will break', 'cut', 'stop', 'restart'],
    ...['has ended with message_stop', 'has ended with cancelled', 'has ended with error'],
    ...['refused with draining', 'refused with overloaded', 'refused with cursor_expired', 'refused with not_found'],
    ...[
      'throws aborted',
      'throws connection_lost',
      'throws cursor_expired',
      'throws upstream_error',
      'throws ApplicationError',
    ],
  ];
  expect(Object.keys(seen)).toEqual(expect.arrayContaining(wanted));
});
