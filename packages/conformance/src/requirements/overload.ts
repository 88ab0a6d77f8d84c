import { deepEqual, equal, ok } from 'node:assert/strict';

import { ENDLESS, QUICK, start, stop } from '../harness/answers.js';
import { requestTo, startRefused } from '../harness/asking-upstream.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { onLaunched } from '../harness/on-launched.js';
import { reading } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';

export const overloadRequirements: readonly Requirement[] = [
  {
    id: 'over-the-limit',
    title:
      'Over the limit of running answers a start is refused with 503 and Retry-After, asks no model, and a client that waits as told gets its answer',
    why: 'A server that takes more than it can carry serves nobody; one that refuses without saying when is asked again at once.',
    source: 'docs/protocol.md#limits-and-defaults',
    needs: ['launch', 'upstream'],
    async run(original) {
      await onLaunched(original, ['--max-running', '1'], async (target) => {
        const request = requestTo('short');
        const calls = () => target.upstream?.callsFor(request.prompt).length;
        const running = await start(target, ENDLESS);
        for (const wanted of [request, QUICK]) {
          const { status, error, retryAfter } = await startRefused(target, wanted);
          deepEqual([status, error?.code, error?.retryable], [503, 'overloaded', true]);
          if (target.mode !== 'websocket') ok(Number(retryAfter) >= 1, 'it says when to come back');
        }
        const stream = target.open({ url: target.url, request });
        const whole = reading(stream);
        await eventually('the client was refused, and waits', () => stream.status === 'reconnecting');
        equal(calls(), 0, 'the model was not asked');
        await stop(target, running);
        const { events, error } = await whole;
        equal(error, undefined);
        checkLog(events);
        deepEqual([stream.textSoFar, calls()], ['1 2 3 4 5 6 7 8 9 10 ', 1]);
      });
    },
  },
];
