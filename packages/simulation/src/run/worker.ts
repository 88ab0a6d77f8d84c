import { openStream } from '@tokenwire/client-kit';
import { Generations, TickClock } from '@tokenwire/generation-log';
import { parentPort } from 'node:worker_threads';

import { live } from '../life.js';
import { addTo, newTotals, type Totals } from './totals.js';
import { unsettleSystem } from './unsettle.js';

/** A range of seeds to live. */
export interface Range {
  readonly from: number;
  readonly count: number;
}

/** What came of it. */
export interface Lived extends Totals {
  readonly failed: number[];
}

unsettleSystem();
parentPort?.on('message', (range: Range) => {
  void (async () => {
    const totals: Lived = { ...newTotals(), failed: [] };
    for (let seed = range.from; seed < range.from + range.count; seed += 1) {
      const { violations, tally } = await live(seed, { Generations, TickClock, openStream });
      addTo(totals, tally);
      if (violations.length > 0) totals.failed.push(seed);
    }
    parentPort?.postMessage(totals);
  })();
});
