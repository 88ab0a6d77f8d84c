import { deepEqual, equal, ok } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { PollPage, StreamEvent } from '@tokenwire/protocol';

import {
  at,
  ENDLESS,
  finished,
  gauge,
  PACED,
  QUICK,
  seqOf,
  SILENT,
  snapshot,
  start,
  stop,
  whileRunning,
} from '../harness/answers.js';
import { checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { call, callJson, type JsonAnswer } from '../harness/http.js';
import { eventsUrl, POLLING, refusalIn } from '../harness/raw-events.js';
import { read } from '../harness/reading.js';
import { onlyFor, type Requirement } from '../requirement.js';
import type { Target } from '../target.js';

type Page = PollPage<StreamEvent>;

/** About two megabytes. */
const LARGE = { ...QUICK, maxTokens: 20_000 } as const;
/** Largest page, headers and the last event not counted. */
const PAGE_BYTES = 1024 * 1024;

const ONLY = onlyFor(POLLING, 'this mode does not poll');
const LONG_ONLY = onlyFor(['long-poll'], 'only a long poll is held');
/** Between two polls of a client that was told so. */
const DISTANCE_MS = 400;
/** Events of `SILENT` before its silence: message_start, content_block_start, five deltas. */
const SILENT_SEQ = 7;

async function callPage(url: string): Promise<JsonAnswer<Page>> {
  return (await callJson(url)) as JsonAnswer<Page>;
}

const idIn = (cursor: string): string => cursor.slice(0, cursor.indexOf('.'));

async function poll({ url }: Target, after: string, query: string): Promise<Page> {
  const { status, json } = await callPage(`${url}/generations/${idIn(after)}/events?after=${after}&${query}`);
  equal(status, 200);
  return json;
}

/** A generation that has said all it will say, and still runs. */
async function whileSilent(target: Target, work: (tail: string) => Promise<void>): Promise<void> {
  await whileRunning(target, SILENT, async (id) => {
    const tail = at(id, SILENT_SEQ);
    await eventually('it falls silent', async () => (await snapshot(target, id)).cursor === tail);
    await work(tail);
  });
}

export const pollingRequirements: readonly Requirement[] = [
  {
    id: 'poll-pages',
    title: 'A page has the events after the cursor, the cursor after them, and says whether that was the end',
    why: 'A poller that is not told the end asks for ever.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      const id = await start(target, PACED);
      const events: StreamEvent[] = [];
      for (let page: Page | undefined; page?.done !== true;) {
        page = (await callPage(eventsUrl(target, id, `after=${page?.cursor ?? `${id}.0`}`))).json;
        const advised = target.mode === 'short-poll';
        deepEqual(Object.keys(page), ['events', 'cursor', 'done', ...(advised ? ['nextPollMs'] : [])]);
        if (advised) ok((page.nextPollMs ?? 0) >= 100);
        events.push(...page.events);
        equal(page.cursor, at(id, events.length));
        equal(page.done, events.at(-1)?.type === 'message_stop');
        await sleep(page.nextPollMs ?? 25);
      }
      const after = await callPage(eventsUrl(target, id, `after=${id}.${events.length}`));
      deepEqual([after.json.events, after.json.done], [[], true], 'and after the end it says so again, at once');
    },
  },
  {
    id: 'pages-are-capped',
    title: 'A poll that is far behind gets a page of limited size, and asks for the next at once',
    why: 'One answer must not become one body of any size, in the server’s memory and in the reader’s.',
    source: 'docs/protocol.md#limits-and-defaults',
    exempt: ONLY,
    async run(target) {
      const { id, cursor } = await finished(target, LARGE);
      const { bytes, text } = await call(eventsUrl(target, id, `after=${id}.0`));
      const page = JSON.parse(text) as Page;
      ok(bytes.length <= PAGE_BYTES + 4_096, `a page of ${bytes.length} bytes`);
      equal(page.done, false);
      deepEqual([page.events[0]?.seq, page.cursor], [1, at(id, page.events.length)]);
      const { events, error } = await read(target, { after: page.cursor });
      equal(error, undefined);
      checkLog([...page.events, ...events]);
      equal(events.at(-1)?.seq, seqOf(cursor));
    },
  },
  {
    id: 'long-poll-is-held',
    title: 'A long poll is answered when there is something to say, and not before',
    why: 'Answering at once would make a busy loop, answering late a slow answer.',
    source: 'docs/protocol.md#modes',
    exempt: LONG_ONLY,
    async run(target) {
      const request = { ...QUICK, cadence: { ttftMs: 400, tokensPerSecond: 1_000, jitter: 0 } };
      await whileRunning(target, request, async (id) => {
        const first = await poll(target, at(id, 0), 'wait=25');
        ok(first.events.length > 0, 'the answer holds an event');
        const startedAt = performance.now();
        const next = await poll(target, first.cursor, 'wait=25');
        ok(next.events.length > 0);
        ok(performance.now() - startedAt < 10_000, 'and comes long before the wait is over');
      });
    },
  },
  {
    id: 'long-poll-ends-empty',
    title: 'A long poll with nothing to say ends empty after its wait, with the same cursor',
    why: 'Proxies cut requests that are silent for too long.',
    source: 'docs/protocol.md#modes',
    exempt: LONG_ONLY,
    async run(target) {
      await whileSilent(target, async (tail) => {
        const startedAt = performance.now();
        deepEqual(await poll(target, tail, 'wait=1'), { events: [], cursor: tail, done: false });
        ok(performance.now() - startedAt > 900);
      });
    },
  },
  {
    id: 'second-long-poll-answers-the-older',
    title: 'When one reader holds a second long poll, the older is answered at once',
    why: 'The client gave the older one up; held on, such polls would pile up.',
    source: 'docs/protocol.md#bad-cursors',
    exempt: LONG_ONLY,
    async run(target) {
      await whileSilent(target, async (tail) => {
        const older = poll(target, tail, 'wait=25');
        await eventually('the older is held', async () => (await gauge(target, 'tokenwire_readers')) >= 1);
        const startedAt = performance.now();
        const newer = poll(target, tail, 'wait=25');
        deepEqual(await older, { events: [], cursor: tail, done: false });
        ok(performance.now() - startedAt < 10_000, 'long before its wait was over');
        await stop(target, idIn(tail));
        equal((await newer).events[0]?.type, 'cancelled', 'and the newer is still held');
      });
    },
  },
  {
    id: 'poll-every-millisecond',
    title: 'A poll every millisecond is answered with 429, Retry-After and a retryable error',
    why: 'A busy loop in one browser must not cost the others anything.',
    source: 'docs/protocol.md#bad-cursors',
    exempt: { ...ONLY, 'long-poll': 'a long poll too many is held a little longer instead of refused' },
    async run(target) {
      const { id, cursor } = await finished(target);
      const url = eventsUrl(target, id, `after=${id}.${seqOf(cursor) - 1}`);
      const answers: Awaited<ReturnType<typeof call>>[] = [];
      const refusals = (): typeof answers => answers.filter(({ status }) => status === 429);
      // A busy machine may send 200 polls so slowly that most are allowed.
      for (let round = 0; round < 5 && refusals().length < 50; round += 1) {
        answers.push(...(await Promise.all(Array.from({ length: 200 }, () => call(url)))));
      }
      const refused = refusals();
      ok(refused.length >= 50, `${refused.length} of ${answers.length} polls were refused`);
      ok(answers.every(({ status }) => status === 429 || status === 200));
      for (const answer of refused) {
        equal(answer.headers['retry-after'], '1');
        const { error } = refusalIn(answer);
        deepEqual([error?.code, error?.retryable], ['rate_limited', true]);
      }
    },
  },
  {
    id: 'long-polls-are-slowed-down',
    title: 'Long polls that come faster than the limit are slowed down to it',
    why: 'An old cursor is answered at once, so without a limit a long poll is a busy loop too.',
    source: 'docs/protocol.md#bad-cursors',
    exempt: LONG_ONLY,
    async run(target) {
      const { id } = await finished(target);
      const startedAt = performance.now();
      const polls = Array.from({ length: 90 }, (_, reader) =>
        call(eventsUrl(target, id, `after=${id}.1&reader=r${reader}`)),
      );
      const answers = await Promise.all(polls);
      ok(answers.every(({ status }) => status === 200));
      ok(performance.now() - startedAt > 500, '90 polls take longer than 40 at once and 40 a second allow');
    },
  },
  {
    id: 'polls-keep-their-distance',
    title: 'A client’s polls keep their least distance, also when every one is answered at once',
    why: 'A client in a busy loop is an attack on its own server.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      await whileRunning(target, ENDLESS, async (id) => {
        const startedAt = performance.now();
        const stream = target.open({ url: target.url, after: at(id, 0), minPollIntervalMs: DISTANCE_MS });
        for await (const _ of stream) if (performance.now() - startedAt > 4 * DISTANCE_MS) break;
        const most = 2 + (performance.now() - startedAt) / DISTANCE_MS;
        ok(stream.requests <= most, `${stream.requests} polls where ${Math.floor(most)} were allowed`);
      });
    },
  },
];
