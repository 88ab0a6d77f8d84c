import { deepEqual, equal, ok } from 'node:assert/strict';

import type { StreamEvent } from '@tokenwire/protocol';

import { at, finished, PACED, QUICK, snapshot, start, whileRunning, ENDLESS, seqOf } from '../harness/answers.js';
import { checkLog, textOfAll } from '../harness/check.js';
import { readRaw } from '../harness/raw-reading.js';
import { read, readSome } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';
import { UGLY } from './content.js';

/** All events of a finished generation, read from its start. */
async function whole(target: Target, id: string): Promise<readonly StreamEvent[]> {
  const { events } = await read(target, { after: at(id, 0) });
  checkLog(events);
  return events;
}

export const resumeRequirements: readonly Requirement[] = [
  {
    id: 'resume-after-n',
    title: 'Reading after event n gives exactly the events after n',
    why: 'A client that stored its cursor shows an answer with a hole, or says things twice.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      const { id, cursor } = await finished(target);
      const events = await whole(target, id);
      const last = seqOf(cursor);
      for (const n of [1, 2, 3, Math.floor(last / 2), last - 1]) {
        const { events: rest, error, stream } = await read(target, { after: at(id, n) });
        equal(error, undefined);
        deepEqual(rest, events.slice(n), `after ${n}`);
        equal(stream.cursor, cursor);
        equal(stream.status, 'completed');
      }
    },
  },
  {
    id: 'resume-after-n-while-running',
    title: 'A reader that left in mid-answer continues where it was',
    why: 'A reload or a dead connection must not cost what was already read.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      const first = target.open({ url: target.url, request: PACED });
      const before = await readSome(first, 17);
      const { events: after, error, stream } = await read(target, { after: first.cursor });
      equal(error, undefined);
      checkLog([...before, ...after]);
      equal(textOfAll(before) + textOfAll(after), (await snapshot(target, stream.id ?? '')).text);
    },
  },
  {
    id: 'every-event-is-sent-once',
    title: 'What is sent after a cursor is every event after it, once, in order, the terminal event included',
    why: 'Clients drop what they have already, and so hide a server that repeats itself from everybody but its owner.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      // Its largest token is more than a connection takes at once.
      const { id, cursor } = await finished(target, UGLY);
      for (const n of [0, 1, 20, seqOf(cursor) - 1]) checkLog(await readRaw(target, id, n), n);
    },
  },
  {
    id: 'cursor-is-what-was-applied',
    title: 'A client’s cursor names the last event that the application has got, whatever else has arrived',
    why: 'Events that came together are applied one by one; a page that reloads between two loses the rest.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      const { id } = await finished(target);
      for (const n of [1, 2, 17]) {
        const stream = target.open({ url: target.url, after: at(id, 0) });
        const before = await readSome(stream, n);
        equal(stream.cursor, at(id, n));
        const { events: after } = await read(target, { after: stream.cursor });
        checkLog([...before, ...after]);
      }
    },
  },
  {
    id: 'resume-after-the-end',
    title: 'Reading after the terminal event ends at once, without events, and knows how the answer ended',
    why: 'A client that stored its last cursor would wait for ever, or report a lost connection.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      const { id, cursor } = await finished(target);
      const { events, error, stream } = await read(target, { after: cursor });
      equal(error, undefined);
      deepEqual(events, []);
      equal(stream.status, 'completed');
      equal(stream.id, id);
      equal(stream.reconnects, 0, 'it does not come back for more');
      const broken = await finished(target, { ...QUICK, model: 'sim/error' });
      const failed = await read(target, { after: broken.cursor });
      equal(failed.error?.code, 'upstream_error', 'a failed answer does not look complete');
    },
  },
  {
    id: 'resume-before-the-first-event',
    title: 'Reading from cursor 0 gives the whole answer, also when nothing has been said yet',
    why: 'A connection that dies before the first event has nothing but the generation’s id.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      const id = await start(target, { ...PACED, cadence: { ttftMs: 200, tokensPerSecond: 1_000, jitter: 0 } });
      const early = await read(target, { after: at(id, 0) });
      checkLog(early.events);
      deepEqual(await whole(target, id), early.events);
    },
  },
  {
    id: 'resume-at-the-tail',
    title: 'A reader that has everything so far gets only what is said from now on',
    why: 'Subscribing and looking at the log are two steps; what is appended between them must not be lost.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      await whileRunning(target, ENDLESS, async (id) => {
        const tail = seqOf((await snapshot(target, id)).cursor);
        const stream = target.open({ url: target.url, after: at(id, tail) });
        const events = await readSome(stream, 5);
        equal(events[0]?.seq, tail + 1);
        ok(events.every((event, index) => event.seq === tail + 1 + index));
      });
    },
  },
];
