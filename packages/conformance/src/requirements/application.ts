import { equal, ok, rejects } from 'node:assert/strict';

import type { StreamOptions } from '@tokenwire/client-kit';

import { at, ended, ENDLESS, gauge, QUICK, seqOf, snapshot, stop } from '../harness/answers.js';
import { checkLog, textOfAll } from '../harness/check.js';
import { eventually, within } from '../harness/eventually.js';
import { readSome, readToEnd } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#delivery';
/** Longer than what connection and client together take in while nobody asks. */
const LONG = { ...QUICK, maxTokens: 4_000 } as const;

/** Reads an endless answer until the application throws, and gives the generation's id. */
async function throwsWhile(
  target: Target,
  options: Partial<StreamOptions>,
  fault: Error,
  throwAt = Number.NaN,
): Promise<string> {
  const stream = target.open({ url: target.url, request: ENDLESS, ...options });
  const reading = async (): Promise<void> => {
    for await (const { seq } of stream) if (seq === throwAt) throw fault;
  };
  await within(
    20_000,
    'the error comes out',
    rejects(reading, (error) => error === fault),
  );
  equal(stream.status, 'detached');
  return stream.id ?? '';
}

export const applicationRequirements: readonly Requirement[] = [
  {
    id: 'slow-application-loses-nothing',
    title: 'An application that takes its time gets everything, and its cursor never runs ahead of it',
    why: 'What is on its way to a slow reader is not read yet; a cursor that counts it skips it after a reload.',
    source: SOURCE,
    async run(target) {
      const stream = target.open({ url: target.url, request: LONG });
      const iterator = stream[Symbol.asyncIterator]();
      const first = await iterator.next();
      const id = stream.id ?? '';
      const { text, cursor } = await ended(target, id);
      equal(stream.cursor, at(id, 1), 'the whole answer is there, and one event of it has been applied');
      const events = [first.value, ...(await takeSlowly(stream, iterator))].filter((event) => event !== undefined);
      checkLog(events);
      equal(textOfAll(events), text);
      equal(seqOf(stream.cursor ?? ''), seqOf(cursor));
    },
  },
  {
    id: 'throwing-application-leaves-nothing',
    title: 'An error of the application comes out as it is, and the connection is closed on both sides',
    why: 'A bug in a page must be seen there, and must not leave a connection behind for each time.',
    source: SOURCE,
    async run(target) {
      const readersBefore = await gauge(target, 'tokenwire_readers');
      const fault = new Error('thrown in a callback');
      let calls = 0;
      const onBytes = (): void => {
        calls += 1;
        if (calls === 4) throw fault;
      };
      const ids = [
        await throwsWhile(target, {}, new Error('thrown in the loop'), 3),
        await throwsWhile(target, { onBytes }, fault),
      ];
      const gone = async () => (await gauge(target, 'tokenwire_readers')) <= readersBefore;
      await eventually('the server has let go of both readers', gone);
      for (const id of ids) {
        equal((await snapshot(target, id)).status, 'running', 'and that is no stop');
        await stop(target, id);
      }
    },
  },
  {
    id: 'two-tabs-at-different-cursors',
    title: 'Readers of a running answer at different cursors each get what follows theirs, and the same',
    why: 'One tab was reloaded and one was not; both must end with the same text.',
    source: SOURCE,
    async run(target) {
      const first = target.open({ url: target.url, request: ENDLESS });
      const before = await readSome(first, 30);
      const id = first.id ?? '';
      const reached = new Set<number>();
      let stopping: Promise<unknown> | undefined;
      const tabs = [0, 7, 30].map(async (seq) => {
        const stream = target.open({ url: target.url, after: at(id, seq) });
        return await readToEnd(stream, (event) => {
          if (event.seq === 60) reached.add(seq);
          // All of them have gone on in mid-answer; now it may end.
          if (reached.size === 3) stopping ??= stop(target, id);
        });
      });
      const [whole, later, latest] = await Promise.all(tabs);
      await stopping;
      for (const tab of [whole, later, latest]) equal(tab?.error, undefined);
      const events = whole?.events ?? [];
      checkLog(events);
      equal(JSON.stringify(events.slice(0, 30)), JSON.stringify(before));
      equal(JSON.stringify(later?.events), JSON.stringify(events.slice(7)));
      equal(JSON.stringify(latest?.events), JSON.stringify(events.slice(30)));
    },
  },
];

type Iterated = ReturnType<ReturnType<Target['open']>[typeof Symbol.asyncIterator]>;

/** Takes the rest, with pauses. */
async function takeSlowly(stream: ReturnType<Target['open']>, iterator: Iterated) {
  const events = [];
  for (;;) {
    const { value, done } = await within(20_000, 'the next event', iterator.next());
    if (done === true) return events;
    events.push(value);
    ok(stream.cursor?.endsWith(`.${value.seq}`), 'the cursor is at the event in hand');
    if (value.seq % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
