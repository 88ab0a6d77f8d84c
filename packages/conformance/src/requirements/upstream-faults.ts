import { deepEqual, equal, ok } from 'node:assert/strict';

import { eventually, within } from '../harness/eventually.js';
import { requestTo } from '../harness/asking-upstream.js';
import { checkLog } from '../harness/check.js';
import { read, reading } from '../harness/reading.js';
import { SECRET } from '../harness/upstream-scripts.js';
import type { UpstreamModel } from '../harness/upstream.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#errors';
/** The first try and two more. */
const MOST_CALLS = 3;
/** A model that does not let go delays a stop by one second; the rest is for busy machines. */
const STOP_MS = 10_000;
/** More than two seconds of an upstream's chunks. */
const MOST_TOKENS_AFTER_STOP = 250;

/** Reads an answer of a model that refuses, and gives the error's code. A client does not try such a start again. */
async function refusedBy(
  target: Target,
  model: UpstreamModel,
): Promise<{ readonly code: string; readonly calls: number }> {
  const request = requestTo(model);
  const { stream, error } = await read(target, { request });
  ok(error, 'it is an error');
  deepEqual([stream.status, stream.textSoFar], ['failed', '']);
  ok(!JSON.stringify([error, error.message]).includes(SECRET), 'the upstream’s own words stay inside');
  return { code: error.code, calls: target.upstream?.callsFor(request.prompt).length ?? 0 };
}

export const upstreamFaultRequirements: readonly Requirement[] = [
  {
    id: 'upstream-retried-before-the-first-token',
    title: 'A model that is busy, then fails, then answers is asked again until it answers, unseen by the reader',
    why: 'Most failures of providers are over in a second; nobody should have to press the button again.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      const request = requestTo('recovering');
      const { stream, events, error } = await read(target, { request });
      equal(error, undefined);
      checkLog(events);
      equal(stream.textSoFar, '1 2 3 4 5 6 7 8 9 10 ');
      equal(target.upstream?.callsFor(request.prompt).length, 3);
    },
  },
  {
    id: 'upstream-retries-are-bounded',
    title: 'A model that goes on failing is asked three times at most, one that asks for a long wait only once',
    why: 'A server that asks for ever makes a provider’s bad day worse, and pays for it.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      const failing = await refusedBy(target, 'failing');
      equal(failing.code, 'upstream_error');
      ok(failing.calls > 1 && failing.calls <= MOST_CALLS, `asked ${failing.calls} times`);
      deepEqual(await refusedBy(target, 'rate-limited'), { code: 'upstream_rate_limited', calls: 1 });
    },
  },
  {
    id: 'upstream-redirect-is-not-followed',
    title: 'A redirect of the upstream is not followed: neither the prompt nor the key goes to another host',
    why: 'Whoever can redirect the model’s address would get everybody’s prompts and the key.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      const strays = target.upstream?.strays.length;
      deepEqual(await refusedBy(target, 'redirecting'), { code: 'upstream_protocol', calls: 1 });
      // Another answer, so that whoever was sent there has had the time to arrive.
      equal((await read(target, { request: requestTo('short') })).error, undefined);
      equal(target.upstream?.strays.length, strays, 'nobody came to the other host');
    },
  },
  {
    id: 'upstream-bomb-is-refused',
    title: 'A compressed answer of the upstream is refused before it is unpacked',
    why: 'Fifty kilobytes become fifty megabytes; a thousand of them end the server.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      deepEqual(await refusedBy(target, 'inflating'), { code: 'upstream_protocol', calls: 1 });
    },
  },
  {
    id: 'upstream-deaf-to-a-stop',
    title: 'A model that goes on speaking after a stop is cut off, and the stop settles all the same',
    why: 'What ignores the stop is what has to be stopped.',
    source: 'docs/protocol.md#stop',
    needs: ['upstream'],
    async run(target) {
      const request = requestTo('deaf');
      const stream = target.open({ url: target.url, request });
      let stopping: ReturnType<typeof stream.stop> | undefined;
      const whole = reading(stream, ({ seq }) => {
        if (seq === 8) stopping = stream.stop();
      });
      const { events, error } = await within(STOP_MS, 'the reading ends', whole);
      const receipt = await stopping;
      equal(error, undefined);
      checkLog(events);
      deepEqual([events.at(-1)?.type, receipt?.status], ['cancelled', 'cancelled']);
      ok((receipt?.tokensAfterStop ?? Infinity) <= MOST_TOKENS_AFTER_STOP, 'it was not listened to for long');
      const gone = () => target.upstream?.callsFor(request.prompt)[0]?.aborted;
      await eventually('the upstream’s writes fail: the socket is gone', gone);
    },
  },
];
