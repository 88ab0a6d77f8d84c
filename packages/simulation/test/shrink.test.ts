import { openStream } from '@tokenwire/client-kit';
import { Generations, TickClock } from '@tokenwire/generation-log';
import { expect, test } from 'vitest';

import { drawPlan, live, partsOf, without } from '../src/index.js';
import { shrink } from '../src/run/shrink.js';

/** A registry that forgets its keys: two starts of one answer are two answers. */
class Forgetful extends Generations {
  override start(...[request, options]: Parameters<Generations['start']>): ReturnType<Generations['start']> {
    return super.start(request, options?.owner === undefined ? {} : { owner: options.owner });
  }
}

test('a failure is shrunk to what it takes, and what is printed replays it', async () => {
  const core = { Generations: Forgetful, TickClock, openStream };
  let failed = await live(1, core);
  for (let seed = 2; failed.violations.length === 0 || failed.plan.steps.length < 5; seed += 1) {
    failed = await live(seed, core);
  }
  const { life, dropped } = await shrink(failed, core);
  expect(life.violations[0]?.rule).toBe('key');
  expect(partsOf(life.plan).length).toBeLessThan(partsOf(failed.plan).length);
  const again = await live(without(drawPlan(failed.plan.seed), new Set(dropped)), core);
  expect(again.violations).toEqual(life.violations);
});
