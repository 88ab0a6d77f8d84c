import { deepEqual, equal, ok } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { StopReceipt } from '@tokenwire/protocol';

import { at, ENDLESS, finished, seqOf, SILENT, snapshot, start, stop } from '../harness/answers.js';
import { checkLog, refusalOf, textOfAll } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { read, readToEnd, type Reading } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

/** How long a stopped generation is watched for something that should not be said any more. */
const AFTERMATH_MS = 60;

/** Starts an endless answer, and stops it through the client after a few events. */
async function stopped(target: Target): Promise<Reading & { readonly receipt: StopReceipt }> {
  const stream = target.open({ url: target.url, request: ENDLESS });
  let stopping: Promise<StopReceipt> | undefined;
  const reading = await readToEnd(stream, ({ seq }) => {
    if (seq === 10) stopping = stream.stop();
  });
  ok(stopping);
  return { ...reading, receipt: await stopping };
}

function checkReceipt(receipt: StopReceipt): void {
  const fields = ['id', 'status', 'alreadyDone', 'lastSeq', 'upstreamClosedMs', 'tokensAfterStop'];
  deepEqual(Object.keys(receipt).toSorted(), fields.toSorted());
  ok(Number.isSafeInteger(receipt.lastSeq) && receipt.upstreamClosedMs >= 0 && receipt.tokensAfterStop >= 0);
}

export const stopRequirements: readonly Requirement[] = [
  {
    id: 'stop-reaches-the-source',
    title: 'A stop ends the answer with "cancelled by client", keeps its text, and nothing is appended afterwards',
    why: 'A stop that only hides the answer goes on costing money.',
    source: 'docs/protocol.md#stop',
    async run(target) {
      const { events, stream, error, receipt } = await stopped(target);
      equal(error, undefined, 'a stopped answer is no error');
      equal(stream.status, 'cancelled');
      checkLog(events);
      const end = events.at(-1);
      equal(end?.type === 'cancelled' && end.by, 'client');
      checkReceipt(receipt);
      deepEqual({ id: receipt.id, status: receipt.status }, { id: stream.id, status: 'cancelled' });
      deepEqual(
        { alreadyDone: receipt.alreadyDone, lastSeq: receipt.lastSeq },
        { alreadyDone: false, lastSeq: end?.seq },
      );
      const now = await snapshot(target, stream.id ?? '');
      equal(now.status, 'cancelled');
      equal(now.cursor, stream.cursor);
      equal(now.text, textOfAll(events), 'what came before the stop is kept');
      await sleep(AFTERMATH_MS);
      deepEqual(await snapshot(target, stream.id ?? ''), now);
    },
  },
  {
    id: 'stop-is-idempotent',
    title: 'A second stop changes nothing and tells the same end',
    why: 'Buttons are pressed twice, and answers to stops get lost.',
    source: 'docs/protocol.md#stop',
    async run(target) {
      const id = await start(target, ENDLESS);
      const [first, concurrent] = await Promise.all([stop(target, id), stop(target, id)]);
      const later = await stop(target, id);
      for (const receipt of [first, concurrent, later]) {
        checkReceipt(receipt);
        deepEqual([receipt.id, receipt.status, receipt.lastSeq], [id, 'cancelled', first.lastSeq]);
      }
      equal(seqOf((await snapshot(target, id)).cursor), first.lastSeq);
    },
  },
  {
    id: 'stop-after-the-end',
    title: 'A stop after the end changes nothing and says that there was nothing left to stop',
    why: 'A stop races with the end of the answer; both orders must be harmless.',
    source: 'docs/protocol.md#stop',
    async run(target) {
      const { id, cursor } = await finished(target);
      const receipt = await stop(target, id);
      checkReceipt(receipt);
      deepEqual([receipt.alreadyDone, receipt.status, receipt.lastSeq], [true, 'completed', seqOf(cursor)]);
      equal((await snapshot(target, id)).cursor, cursor);
      const { stream } = await read(target, { after: at(id, 1) });
      equal((await stream.stop()).alreadyDone, true, 'also through the client');
    },
  },
  {
    id: 'stop-of-a-silent-model',
    title: 'A stop settles at once also when the model says nothing',
    why: 'People stop most of all what does not move.',
    source: 'docs/protocol.md#stop',
    async run(target) {
      const stream = target.open({ url: target.url, request: SILENT });
      const reading = readToEnd(stream);
      await eventually('five tokens', () => stream.textSoFar !== '' && stream.cursor?.endsWith('.7'));
      const startedAt = performance.now();
      const receipt = await stream.stop();
      const { events, error } = await reading;
      ok(performance.now() - startedAt < 5_000, 'within seconds, and not at the next heartbeat');
      equal(receipt.status, 'cancelled');
      equal(error, undefined);
      equal(events.at(-1)?.type, 'cancelled');
    },
  },
  {
    id: 'stop-before-anything-was-sent',
    title: 'A stream that is stopped before it began starts no generation',
    why: 'The quickest way not to pay for an answer is not to ask.',
    source: 'docs/protocol.md#stop',
    async run(target) {
      const stream = target.open({ url: target.url, request: ENDLESS });
      equal((await stream.stop()).status, 'cancelled');
      const error = await refusalOf(() => stream.text());
      equal(error.code, 'aborted');
      equal(stream.requests, 0);
    },
  },
];
