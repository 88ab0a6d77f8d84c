import { deepEqual, equal, match, ok } from 'node:assert/strict';

import { ended, QUICK, snapshot } from '../harness/answers.js';
import { requestTo, startRefused } from '../harness/asking-upstream.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { POLLING } from '../harness/raw-events.js';
import { read, readToEnd } from '../harness/reading.js';
import { SECRET } from '../harness/upstream-scripts.js';
import type { UpstreamModel } from '../harness/upstream.js';
import type { Exemptions, Requirement } from '../requirement.js';

const SOURCE = 'docs/protocol.md#errors';

const ANSWERED_AT_ONCE = Object.fromEntries(
  POLLING.map((mode) => [mode, 'the start is answered at once, before the model was asked; the error is an event']),
) as Exemptions;

function failsInMidStream(model: UpstreamModel, how: string, code: string): Requirement {
  return {
    id: `upstream-${model}`,
    title: `When the upstream ${how}, the answer ends with an error event ${code}, after its partial text`,
    why: 'A truncated answer that is reported as complete is believed.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      const request = requestTo(model);
      const { events, stream, error } = await read(target, { request });
      checkLog(events);
      equal(error?.code, code);
      match(stream.textSoFar, /^1 2 3 4 5 $/);
      equal((await snapshot(target, stream.id ?? '')).status, 'failed');
      equal(target.upstream?.callsFor(request.prompt).length, 1, 'never asked again after the first token');
      const told = JSON.stringify([events, error]);
      for (const inside of ['127.0.0.1', SECRET]) ok(!told.includes(inside), `not told: ${inside}`);
    },
  };
}

export const upstreamRequirements: readonly Requirement[] = [
  {
    id: 'stop-closes-the-upstream',
    title: 'A stop in mid-answer closes the connection to the model',
    why: 'As long as it is open, tokens are produced and paid for.',
    source: 'docs/protocol.md#stop',
    needs: ['upstream'],
    async run(target) {
      const request = requestTo('endless');
      const stream = target.open({ url: target.url, request });
      const upstreamCall = () => target.upstream?.callsFor(request.prompt)[0];
      let stopping: ReturnType<typeof stream.stop> | undefined;
      const reading = readToEnd(stream, ({ seq }) => {
        if (seq === 8) stopping = stream.stop();
      });
      const { events } = await reading;
      const receipt = await stopping;
      await eventually('the upstream sees its connection closed', () => upstreamCall()?.aborted);
      equal(events.at(-1)?.type, 'cancelled');
      ok((receipt?.upstreamClosedMs ?? Infinity) < 1_000, 'soon');
      ok((receipt?.tokensAfterStop ?? Infinity) < 100);
      equal(target.upstream?.callsFor(request.prompt).length, 1);
    },
  },
  {
    id: 'disconnect-closes-the-upstream',
    title: 'Under "cancel" the connection to the model is closed when the last reader has left',
    why: 'A closed tab goes on costing money otherwise.',
    source: 'docs/protocol.md#disconnect',
    needs: ['upstream'],
    async run(target) {
      const request = { ...requestTo('endless'), onDisconnect: 'cancel' } as const;
      const stream = target.open({ url: target.url, request });
      for await (const { seq } of stream) if (seq === 4) break;
      await eventually(
        'the upstream sees its connection closed',
        () => target.upstream?.callsFor(request.prompt)[0]?.aborted,
      );
    },
  },
  {
    id: 'upstream-answer',
    title: 'An upstream’s answer arrives whole, and one key is at most one call to it',
    why: 'Each further call is a further bill.',
    source: 'docs/protocol.md#idempotency',
    needs: ['upstream'],
    async run(target) {
      const request = requestTo('short');
      const idempotencyKey = crypto.randomUUID();
      const readings = await Promise.all([1, 2, 3].map(() => read(target, { request, idempotencyKey })));
      for (const { stream, events, error } of readings) {
        equal(error, undefined);
        checkLog(events);
        equal(stream.textSoFar, '1 2 3 4 5 6 7 8 9 10 ');
        equal((await ended(target, stream.id ?? '')).status, 'completed');
      }
      equal(target.upstream?.callsFor(request.prompt).length, 1);
    },
  },
  ...(
    [
      ['rate-limited', 503, 'upstream_rate_limited', 'is rate-limited'],
      ['failing', 502, 'upstream_error', 'fails'],
    ] as const
  ).map(([model, status, code, how]): Requirement => ({
    id: `upstream-${model}-before-the-first-event`,
    title: `When the upstream ${how} before the first event, the start is answered with ${status} ${code}`,
    why: 'A 200 with an error in it is taken for success by everything between.',
    source: SOURCE,
    needs: ['upstream'],
    exempt: ANSWERED_AT_ONCE,
    async run(target) {
      const refused = await startRefused(target, requestTo(model));
      deepEqual([refused.status, refused.error?.code, refused.error?.retryable], [status, code, true]);
      if (model === 'rate-limited' && target.mode !== 'websocket') equal(refused.retryAfter, '30');
      ok(!refused.error?.message?.includes('secret'), 'the upstream’s own words stay inside');
    },
  })),
  {
    id: 'upstream-refusal-reaches-the-application',
    title:
      'An application whose model refuses before the first event gets an error in bounded time, and no empty answer',
    why: 'Every call of a client settles, and never as a success that was none.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      const stream = target.open({
        url: target.url,
        request: { ...requestTo('failing'), maxTokens: QUICK.maxTokens },
        retry: { maxAttempts: 2, baseMs: 5 },
      });
      const { error } = await readToEnd(stream);
      ok(error, 'it is an error');
      equal(error.code, 'upstream_error');
      equal(stream.status, 'failed');
      equal(stream.textSoFar, '');
    },
  },
  failsInMidStream('breaks-off', 'reports an error in mid-answer', 'upstream_error'),
  failsInMidStream('resetting', 'resets its connection in mid-answer', 'upstream_error'),
  failsInMidStream('garbling', 'sends a chunk that is not JSON', 'upstream_protocol'),
  failsInMidStream('rambling', 'sends a line that does not end', 'upstream_protocol'),
  failsInMidStream('truncating', 'ends its answer without saying that it is done', 'upstream_truncated'),
];
