import { deepEqual, equal } from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { StopReceipt } from '@tokenwire/protocol';

import {
  callStart,
  ENDLESS,
  finished,
  gauge,
  jsonPost,
  QUICK,
  seqOf,
  snapshot,
  start,
  stop,
  whileRunning,
} from '../harness/answers.js';
import { requestTo } from '../harness/asking-upstream.js';
import { behindProxy } from '../harness/behind-proxy.js';
import { checkLog } from '../harness/check.js';
import { eventually, within } from '../harness/eventually.js';
import { onSocket } from '../harness/on-socket.js';
import { reading, type Reading } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#stop';
/** A client that waits a minute before it tries again: whoever does not end that wait is noticed. */
const PATIENT = { retry: { baseMs: 60_000, capMs: 60_000 }, random: () => 0.999 } as const;
/** Every stop settles within this; the wait of a patient client is far longer. */
const SETTLES_MS = 15_000;
/** Answers of 20 tokens in a twentieth of a second, stopped one after the other around their end. */
const SHORT = { ...QUICK, maxTokens: 20, cadence: { ttftMs: 0, tokensPerSecond: 400, jitter: 0 } } as const;
const RACES = 16;
const RACE_STEP_MS = 5;

/** A reading that was stopped: no error, one terminal event, and the receipt tells the same end. */
async function checkStopped(target: Target, { events, stream, error }: Reading, receipt: StopReceipt): Promise<void> {
  equal(error, undefined, 'a stopped answer is no error');
  checkLog(events);
  const end = events.at(-1);
  equal(end?.type === 'cancelled' && end.by, 'client');
  deepEqual([receipt.id, receipt.status, receipt.lastSeq], [stream.id, 'cancelled', end?.seq]);
  equal((await snapshot(target, receipt.id)).status, 'cancelled');
}

export const stopMomentRequirements: readonly Requirement[] = [
  {
    id: 'stop-during-connect',
    title: 'A stop while the start is on its way stops what was started, and the reader gets one terminal event',
    why: 'The button is there before the answer is; a stop that is too early must not be lost.',
    source: SOURCE,
    async run(target) {
      const stream = target.open({ url: target.url, request: ENDLESS });
      const whole = reading(stream);
      // As early as can be: nothing was sent yet in the moment before.
      while (stream.requests === 0) await nextTurn();
      const receipt = await within(SETTLES_MS, 'the stop settles', stream.stop());
      await checkStopped(target, await whole, receipt);
      equal(stream.reconnects, 0);
    },
  },
  {
    id: 'stop-before-the-model-accepts',
    title: 'A stop before the model has accepted closes the connection to it and settles',
    why: 'A provider that is slow to answer is when people change their mind; it may still bill.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      const request = requestTo('mute');
      const calls = () => target.upstream?.callsFor(request.prompt) ?? [];
      const stream = target.open({ url: target.url, request });
      const whole = reading(stream);
      await eventually('the model was asked', () => calls().length > 0);
      const receipt = await within(SETTLES_MS, 'the stop settles', stream.stop());
      await eventually('the connection to the model is closed', () => calls()[0]?.aborted);
      await checkStopped(target, await whole, receipt);
      equal(calls().length, 1, 'and asked once');
    },
  },
  {
    id: 'stop-when-the-start-was-lost',
    title: 'A stop finds and stops a generation whose id never arrived, and starts no second one',
    why: 'The answer to a start gets lost as easily as any other; what it started is paid for.',
    source: 'docs/protocol.md#idempotency',
    async run(target) {
      const keptBefore = await gauge(target, 'tokenwire_generations_kept');
      await behindProxy(target, async (proxy) => {
        const idempotencyKey = crypto.randomUUID();
        const stream = target.open({ ...PATIENT, url: proxy.url, request: ENDLESS, idempotencyKey });
        proxy.cutAfterBytes(0);
        const whole = reading(stream);
        await eventually('the client has lost the connection', () => stream.status === 'reconnecting');
        equal(stream.id, undefined, 'nothing of the answer has arrived');
        const receipt = await within(SETTLES_MS, 'the stop settles', stream.stop());
        await checkStopped(target, await whole, receipt);
        const again = await callStart(
          `${target.url}/generations`,
          jsonPost(ENDLESS, { 'idempotency-key': idempotencyKey }),
        );
        equal(again.json.id, receipt.id);
        equal(await gauge(target, 'tokenwire_generations_kept'), keptBefore + 1, 'one generation in all');
      });
    },
  },
  {
    id: 'stop-during-backoff',
    title: 'A stop while the client waits to reconnect ends the wait',
    why: 'Without a network is when people give up; a stop that waits a minute looks broken.',
    source: SOURCE,
    async run(target) {
      await behindProxy(target, async (proxy) => {
        const stream = target.open({ ...PATIENT, url: proxy.url, request: ENDLESS });
        const whole = reading(stream, ({ seq }) => {
          if (seq === 5) proxy.cutAfterBytes(0);
        });
        await eventually('the client has lost the connection', () => stream.status === 'reconnecting');
        const receipt = await within(SETTLES_MS, 'the stop settles', stream.stop());
        await checkStopped(target, await whole, receipt);
        equal(stream.reconnects, 1, 'it comes back once, for the rest');
      });
    },
  },
  {
    id: 'stop-racing-with-the-end',
    title: 'A stop that races with the end of the answer settles with whichever end came first, told alike by all',
    why: 'Two ends of one answer, or an end that depends on whom one asks, cannot be shown to anybody.',
    source: SOURCE,
    async run(target) {
      const race = async (delayMs: number): Promise<void> => {
        const stream = target.open({ url: target.url, request: SHORT });
        const whole = reading(stream);
        await sleep(delayMs);
        const receipt = await within(SETTLES_MS, 'the stop settles', stream.stop());
        const { events, error } = await whole;
        equal(error, undefined);
        checkLog(events);
        const status = events.at(-1)?.type === 'message_stop' ? 'completed' : 'cancelled';
        deepEqual([receipt.status, receipt.lastSeq, stream.status], [status, events.at(-1)?.seq, status]);
        equal((await snapshot(target, receipt.id)).status, status);
        equal(stream.reconnects, 0);
      };
      await Promise.all(Array.from({ length: RACES }, (_, index) => race((index + 1) * RACE_STEP_MS)));
    },
  },
  {
    id: 'stale-stop-hits-nothing-newer',
    title: 'A stop of a generation that has ended leaves one that was started later alone',
    why: 'The answer to a stop can be a minute late; by then the next question is being answered.',
    source: SOURCE,
    async run(target) {
      const older = target.open({ url: target.url, request: QUICK });
      equal((await reading(older)).error, undefined);
      const { id: oldest } = await finished(target);
      await whileRunning(target, ENDLESS, async (id) => {
        equal((await stop(target, oldest)).alreadyDone, true);
        equal((await older.stop()).alreadyDone, true);
        if (target.mode === 'websocket') await staleMessage(target, oldest);
        const { status, cursor } = await snapshot(target, id);
        equal(status, 'running');
        const grown = async () => seqOf((await snapshot(target, id)).cursor) > seqOf(cursor) + 5;
        await eventually('the newer one goes on', grown);
      });
    },
  },
];

/** The same by a message, on the socket that reads a newer generation. */
async function staleMessage(target: Target, oldest: string): Promise<void> {
  const id = await start(target, ENDLESS);
  await onSocket(target, async (session) => {
    session.say({ type: 'attach', ref: 1, after: `${id}.0` });
    session.say({ type: 'stop', id: oldest });
    const { receipt } = await session.hear('the receipt', ({ stopped }) => stopped === oldest);
    equal(receipt?.alreadyDone, true);
    const before = session.events(1).length;
    await eventually('the newer one goes on', () => session.events(1).length > before + 5);
  });
  await stop(target, id);
}
