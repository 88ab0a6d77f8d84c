import { equal, ok } from 'node:assert/strict';

import type { FaultProxy } from '../fault-proxy/index.js';
import { at, ENDLESS, snapshot } from '../harness/answers.js';
import { behindProxy } from '../harness/behind-proxy.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { read, readSome } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

/** Time for a reader to come back, also on a busy machine. */
const GRACE_MS = 1_500;

/** Reads a few events and dies: its connections end as a killed process's do, without a word of goodbye. */
async function dieAfter(stream: ReturnType<Target['open']>, proxy: FaultProxy, count: number): Promise<number> {
  const iterator = stream[Symbol.asyncIterator]();
  for (let taken = 0; taken < count; taken += 1) ok(!(await iterator.next()).done);
  const diedAt = performance.now();
  proxy.cutAll();
  stream.detach();
  return diedAt;
}

export const departureRequirements: readonly Requirement[] = [
  {
    id: 'killed-reader-starts-the-grace',
    title:
      'When a client is killed the grace period begins: within it the answer can be resumed, after it is cancelled',
    why: 'A crash says no goodbye; the model must neither stop at once nor run for nobody.',
    source: 'docs/protocol.md#disconnect',
    async run(target) {
      await behindProxy(target, async (proxy) => {
        const request = { ...ENDLESS, onDisconnect: { graceMs: GRACE_MS } };
        const first = target.open({ url: proxy.url, request });
        await dieAfter(first, proxy, 5);
        const id = first.id ?? '';
        const second = target.open({ url: proxy.url, after: first.cursor });
        const diedAt = await dieAfter(second, proxy, 10);
        equal(second.cursor, at(id, 15), 'the second continued where the first was');
        await eventually(
          'nobody came back, so it is cancelled',
          async () => (await snapshot(target, id)).status === 'cancelled',
        );
        // Timers count whole milliseconds, and two processes are two clocks.
        ok(performance.now() - diedAt > GRACE_MS - 50, 'not before the grace period was over');
        const { events } = await read(target, { after: at(id, 0) });
        checkLog(events);
        const end = events.at(-1);
        equal(end?.type === 'cancelled' && end.by, 'disconnect');
        // Kept, and readable after all.
        equal((await readSome(target.open({ url: target.url, after: second.cursor }), 1))[0]?.seq, 16);
      });
    },
  },
];
