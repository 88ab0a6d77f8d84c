import { deepEqual, equal, ok } from 'node:assert/strict';

import { at, ended, ENDLESS, finished, gauge, PACED, snapshot, start, stop, whileRunning } from '../harness/answers.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { read, readSome } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';
import { stalledReaderRequirements } from './stalled-readers.js';

/** Short, so that tests need not wait; longer than any pause of a busy machine would be better and slower. */
const GRACE_MS = 400;

/** Waits until a generation has been cancelled because nobody read it. */
async function cancelledByDisconnect(target: Target, id: string): Promise<void> {
  await eventually('nobody reads, so it is cancelled', async () => (await snapshot(target, id)).status === 'cancelled');
  const { events } = await read(target, { after: at(id, 0) });
  checkLog(events);
  const end = events.at(-1);
  equal(end?.type === 'cancelled' && end.by, 'disconnect');
}

export const readerRequirements: readonly Requirement[] = [
  {
    id: 'two-readers-identical',
    title: 'Two readers of one answer get identical events',
    why: 'Two tabs, or a page and a log, must not disagree.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      const id = await start(target, PACED);
      const [one, other] = await Promise.all([1, 2].map(() => read(target, { after: at(id, 0) })));
      checkLog(one?.events ?? []);
      deepEqual(one?.events, other?.events);
    },
  },
  {
    id: 'late-reader-gets-everything',
    title: 'A reader of an answer that has ended gets the same events as the one who watched it',
    why: 'Who opens the page a minute later wants the answer too.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      const { events, stream } = await read(target, { request: PACED });
      const late = await read(target, { after: at(stream.id ?? '', 0) });
      deepEqual(late.events, events);
      const { id, text } = await finished(target);
      const never = await read(target, { after: at(id, 0) });
      equal(never.stream.textSoFar, text, 'also when nobody had read it before');
    },
  },
  {
    id: 'leaving-the-loop-detaches',
    title: 'Leaving the loop ends the reading and not the generation, which goes on under "continue"',
    why: 'A disconnect is not a stop; what it means is the request’s choice.',
    source: 'docs/protocol.md#disconnect',
    async run(target) {
      const readersBefore = await gauge(target, 'tokenwire_readers');
      const stream = target.open({ url: target.url, request: { ...PACED, maxTokens: 450, onDisconnect: 'continue' } });
      await readSome(stream, 3);
      equal(stream.status, 'detached');
      equal(stream.partial, true);
      const gone = async () => (await gauge(target, 'tokenwire_readers')) <= readersBefore;
      await eventually('the server has let go of the reader', gone);
      // Not before: whoever waits for the end is a reader too, and would keep it running.
      equal((await ended(target, stream.id ?? '')).status, 'completed');
    },
  },
  {
    id: 'disconnect-cancels',
    title: 'Under "cancel" the generation is cancelled, by disconnect, when its last reader has left',
    why: 'Nobody wants to pay for an answer that nobody reads.',
    source: 'docs/protocol.md#disconnect',
    async run(target) {
      const stream = target.open({ url: target.url, request: { ...ENDLESS, onDisconnect: 'cancel' } });
      await readSome(stream, 3);
      await cancelledByDisconnect(target, stream.id ?? '');
    },
  },
  {
    id: 'grace-period-cancels',
    title: 'With a grace period the generation is cancelled only when nobody has come back in time',
    why: 'A reload takes a second; a closed tab stays closed.',
    source: 'docs/protocol.md#disconnect',
    async run(target) {
      const onDisconnect = { graceMs: GRACE_MS };
      const stream = target.open({ url: target.url, request: { ...ENDLESS, onDisconnect } });
      let leftAt = 0;
      for await (const { seq } of stream) {
        leftAt = performance.now();
        if (seq === 3) break;
      }
      await cancelledByDisconnect(target, stream.id ?? '');
      ok(performance.now() - leftAt >= GRACE_MS, 'not before the grace period was over');
    },
  },
  {
    id: 'coming-back-ends-the-grace-period',
    title: 'A reader that comes back in time keeps the generation running for as long as it reads',
    why: 'The grace period must start anew with each departure, not run on.',
    source: 'docs/protocol.md#disconnect',
    async run(target) {
      const onDisconnect = { graceMs: 2_500 };
      const first = target.open({ url: target.url, request: { ...ENDLESS, onDisconnect } });
      await readSome(first, 3);
      const second = target.open({ url: target.url, after: first.cursor });
      const until = performance.now() + 3_000;
      for await (const event of second) if (performance.now() > until || event.type === 'cancelled') break;
      equal((await snapshot(target, first.id ?? '')).status, 'running');
      await stop(target, first.id ?? '');
    },
  },
  {
    id: 'readers-do-not-wait-for-each-other',
    title: 'A reader that takes nothing slows no other reader down',
    why: 'One stalled tab must not stall the others.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      await whileRunning(target, ENDLESS, async (id) => {
        const idle = target.open({ url: target.url, after: at(id, 0) })[Symbol.asyncIterator]();
        await idle.next();
        const startedAt = performance.now();
        await readSome(target.open({ url: target.url, after: at(id, 0) }), 100);
        ok(performance.now() - startedAt < 10_000);
        await idle.return?.();
      });
    },
  },
  ...stalledReaderRequirements,
];
