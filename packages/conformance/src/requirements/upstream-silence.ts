import { deepEqual, equal, ok } from 'node:assert/strict';

import { requestTo } from '../harness/asking-upstream.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { onLaunched } from '../harness/on-launched.js';
import { read, readToEnd } from '../harness/reading.js';
import { LATE_MS } from '../harness/upstream-scripts.js';
import type { UpstreamModel } from '../harness/upstream.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

/** A minute and ten minutes, scaled. Longer than most pauses of a busy machine. */
const LIMITS = '--upstream-first-token-ms 900 --upstream-content-idle-ms 900 --upstream-total-ms 2000'.split(' ');

/** What each model does, what becomes of its answer, and how much of it is kept. */
const SILENCES: readonly (readonly [model: UpstreamModel, code: string, text: RegExp])[] = [
  ['mute', 'upstream_timeout', /^$/],
  ['hesitating', 'upstream_timeout', /^$/],
  ['stalling', 'upstream_stalled', /^1 2 3 4 5 $/],
  ['muttering', 'upstream_stalled', /^1 2 3 4 5 $/],
  ['endless', 'upstream_timeout', /^1 2 3 4 5 6 /],
];

async function checkSilence(target: Target, [model, code, text]: (typeof SILENCES)[number]): Promise<void> {
  const request = requestTo(model);
  const { events, stream, error } = await read(target, { request });
  deepEqual([model, error?.code, text.test(stream.textSoFar)], [model, code, true]);
  if (stream.textSoFar !== '') checkLog(events);
  const calls = () => target.upstream?.callsFor(request.prompt) ?? [];
  await eventually(`the connection to the model ${model} is closed`, () => calls().every(({ aborted }) => aborted));
  ok(calls().length <= 1, 'who was accepted or waited for is not asked again');
}

export const upstreamSilenceRequirements: readonly Requirement[] = [
  {
    id: 'upstream-silence-ends',
    title:
      'A model that never begins, falls silent, hides its silence behind comments and empty chunks, or never ends is given up, with its text kept',
    why: 'A connection that is open and says nothing is the most common way in which an answer hangs for ever.',
    source: 'docs/protocol.md#limits-and-defaults',
    needs: ['upstream', 'launch'],
    async run(original) {
      await onLaunched(original, LIMITS, async (target) => {
        // The first call of a process loads what it needs, and may be late for that.
        await read(target, { request: requestTo('short') });
        await Promise.all(SILENCES.map((silence) => checkSilence(target, silence)));
      });
    },
  },
  {
    id: 'late-model-keeps-its-reader',
    title: 'While a model takes its time to accept, its reader is not left in silence, and does not come back for it',
    why: 'Models queue. A reader that reconnects every few seconds meanwhile makes the queue longer.',
    source: 'docs/protocol.md#delivery',
    needs: ['upstream', 'launch'],
    async run(original) {
      await onLaunched(original, ['--heartbeat-ms', '1000'], async (target) => {
        await read(target, { request: requestTo('short') });
        const request = requestTo('late');
        const stream = target.open({ url: target.url, request, idleTimeoutMs: LATE_MS - 1_000, waitSeconds: 1 });
        const { events, error } = await readToEnd(stream);
        equal(error, undefined);
        checkLog(events);
        deepEqual([stream.reconnects, target.upstream?.callsFor(request.prompt).length], [0, 1]);
      });
    },
  },
];
