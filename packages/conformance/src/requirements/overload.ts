import { deepEqual, equal, ok } from 'node:assert/strict';

import type { Mode } from '@tokenwire/protocol';

import { at, ENDLESS, finished, QUICK, start, stop } from '../harness/answers.js';
import { requestTo, startRefused } from '../harness/asking-upstream.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { onLaunched } from '../harness/on-launched.js';
import { reading } from '../harness/reading.js';
import { readToEnd } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';

/** Readers that come at once, and how long a busy machine may take to serve them all. */
const CROWD = 120;
const CROWD_LIMIT_MS = 60_000;
/** A long poll too many is held a little longer, not refused. */
const CALM: ReadonlySet<Mode> = new Set(['long-poll']);

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
  {
    id: 'crowd-comes-back',
    title: 'When many readers come back at once, some are told to come later, and all get the whole answer',
    why: 'After an interruption everybody reconnects in the same second; the server must not die of it a second time.',
    source: 'docs/protocol.md#limits-and-defaults',
    needs: ['launch'],
    async run(original) {
      await onLaunched(original, ['--streams-burst', '30', '--streams-per-second', '30'], async (target) => {
        const { id, cursor } = await finished(target);
        const readers = Array.from({ length: CROWD }, () =>
          target.open({ url: target.url, after: at(id, 0), retry: { maxAttempts: 60, baseMs: 100, capMs: 1_000 } }),
        );
        const readings = await Promise.all(readers.map((reader) => readToEnd(reader, undefined, CROWD_LIMIT_MS)));
        for (const { events, error, stream } of readings) {
          equal(error, undefined);
          checkLog(events);
          equal(stream.cursor, cursor);
        }
        ok(readers.some(({ reconnects }) => reconnects > 0) || CALM.has(target.mode), 'some were told to come later');
      });
    },
  },
];
