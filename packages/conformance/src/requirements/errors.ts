import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ErrorBody } from '@tokenwire/protocol';

import { ended, ENDLESS, finished, jsonPost, PACED, QUICK, start, stop } from '../harness/answers.js';
import { checkLog, refusalOf, textOfAll } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { call } from '../harness/http.js';
import { onLaunched } from '../harness/on-launched.js';
import { ACCEPT, askAfter, eventsUrl, refusalIn, type Refusal } from '../harness/raw-events.js';
import { read, readToEnd } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

/** Has the form of an id, and is none: guessing it takes longer than the universe has. */
export const UNKNOWN_ID = 'gen_0000000000000000000000';

/** What is asked of a server under an id in its path. */
async function routesOf(target: Target, id: string): Promise<readonly Refusal[]> {
  const routes = [
    { url: `${target.url}/generations/${id}`, method: 'GET' },
    { url: `${target.url}/generations/${id}/stop`, method: 'POST' },
    ...(target.mode === 'websocket' ? [] : [{ url: eventsUrl(target, id), method: 'GET' }]),
  ];
  const accept = (url: string): string => (url.includes('/events') ? ACCEPT[target.mode] : 'application/json');
  return await Promise.all(
    routes.map(async ({ url, method }) => refusalIn(await call(url, { method, headers: { accept: accept(url) } }))),
  );
}

function checkBody(body: Partial<ErrorBody> | undefined): void {
  deepEqual(Object.keys(body ?? {}).toSorted(), ['code', 'message', 'requestId', 'retryable']);
  match(body?.requestId ?? '', /^[\w-]{8,}$/);
  ok(!/\bat .*:\d+|node:|\/[a-z]+\/[a-z]+\//.test(body?.message ?? ''), 'no stack and no path');
}

/** How long the server asks to wait, in the test of that, at least. */
const ASKED_WAIT_MS = 900;

export const errorRequirements: readonly Requirement[] = [
  {
    id: 'source-error-keeps-the-text',
    title: 'When the model fails in mid-answer, the reader gets the error and keeps the partial text',
    why: 'Half an answer that looks whole is worse than none, and half an answer lost is a pity.',
    source: 'docs/protocol.md#events',
    async run(target) {
      for (const request of [QUICK, PACED]) {
        const { events, stream, error } = await read(target, { request: { ...request, model: 'sim/error' } });
        checkLog(events);
        equal(error?.code, 'upstream_error');
        equal(stream.status, 'failed');
        equal(stream.partial, true);
        const { text, status, error: told } = await ended(target, stream.id ?? '');
        equal(status, 'failed');
        equal(told?.code, 'upstream_error');
        ok(text.length > 10);
        equal(textOfAll(events), text);
        equal((error as { partialText?: string }).partialText, text);
      }
    },
  },
  {
    id: 'unknown-id',
    title: 'An unknown generation is not found, on every route, in one form of error',
    why: 'A reader of a lost answer must learn it, and never get a new answer instead.',
    source: 'docs/protocol.md#errors',
    async run(target) {
      // So that there is an answer that could be given instead.
      await finished(target);
      for (const { status, error } of await routesOf(target, UNKNOWN_ID)) {
        deepEqual([status, error?.code, error?.retryable], [404, 'not_found', false]);
        checkBody(error);
      }
      const asked = await askAfter(target, UNKNOWN_ID, `${UNKNOWN_ID}.0`);
      deepEqual([asked.status, asked.error?.code], [404, 'not_found']);
      const refused = await refusalOf(() => target.open({ url: target.url, after: `${UNKNOWN_ID}.3` }).text());
      equal(refused.code, 'not_found');
    },
  },
  {
    id: 'malformed-id',
    title: 'A malformed id is not found, and answered exactly like an unknown one',
    why: 'Any difference tells an attacker something about ids.',
    source: 'docs/protocol.md#errors',
    async run(target) {
      const [expected] = await routesOf(target, UNKNOWN_ID);
      for (const id of [
        'gen_short',
        'x',
        `${UNKNOWN_ID}.3`,
        '__proto__',
        'gen_%00',
        'gen_%2e%2e%2fetc',
        'a'.repeat(999),
      ]) {
        for (const { status, error } of await routesOf(target, id)) {
          deepEqual(
            { status, ...error, requestId: '' },
            { status: expected?.status, ...expected?.error, requestId: '' },
            `id ${id.slice(0, 40)}`,
          );
        }
      }
    },
  },
  {
    id: 'ids-cannot-be-guessed',
    title: 'Ids are random all over, and none is given twice',
    why: 'Whoever can work out the next id from the last one can read other people’s answers.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      const ids: string[] = [];
      for (const _ of Array(16)) ids.push((await finished(target, { ...QUICK, maxTokens: 1 })).id);
      equal(new Set(ids).size, ids.length, 'no id is given twice');
      for (const [index, id] of ids.slice(1).entries()) {
        const drawn = id.slice('gen_'.length);
        const before = ids[index]?.slice('gen_'.length) ?? '';
        // Equal by chance once in 10¹⁶ times.
        ok(!drawn.startsWith(before.slice(0, 9)), `${id} begins like the one before it, ${ids[index]}`);
        ok(!drawn.endsWith(before.slice(-9)), `${id} ends like the one before it, ${ids[index]}`);
      }
    },
  },
  {
    id: 'wrong-method-or-type',
    title:
      'A wrong method is answered with 405 and Allow, a type that nobody can send with 406, an unknown path with 404',
    why: 'A client’s mistake deserves an answer that says what would be right.',
    source: 'docs/protocol.md#errors',
    async run(target) {
      const { url } = target;
      const wrong = await call(`${url}/generations`, { method: 'DELETE' });
      deepEqual([wrong.status, refusalIn(wrong).error?.code], [405, 'method_not_allowed']);
      ok(wrong.headers.allow?.includes('POST'));
      const id = await start(target, QUICK);
      const image = await call(`${url}/generations/${id}`, { headers: { accept: 'image/png' } });
      deepEqual([image.status, refusalIn(image).error?.code], [406, 'not_acceptable']);
      const nowhere = await call(`${url}/nowhere`);
      deepEqual([nowhere.status, refusalIn(nowhere).error?.code], [404, 'not_found']);
      const escape = await call(`${url}/generations/%E0%A4%A`);
      equal(escape.status, 400);
      checkBody(refusalIn(escape).error);
    },
  },
  {
    id: 'retry-after-is-honoured',
    title: 'A start beyond the limit is refused with Retry-After, and a client waits that long before it tries again',
    why: 'A crowd that comes back at once keeps an overloaded server overloaded.',
    source: 'docs/protocol.md#errors',
    needs: ['launch'],
    exempt: { websocket: 'an error message has no Retry-After; the close code says when to come back' },
    async run(original) {
      await onLaunched(original, ['--max-running', '1'], async (target) => {
        const running = await start(target, ENDLESS);
        const refused = await call(`${target.url}/generations`, jsonPost(QUICK));
        deepEqual([refused.status, refusalIn(refused).error?.code], [503, 'overloaded']);
        ok(Number(refused.headers['retry-after']) >= 1);
        const startedAt = performance.now();
        const stream = target.open({ url: target.url, request: QUICK, retry: { baseMs: 1, capMs: 1 } });
        const reading = readToEnd(stream);
        await eventually('it was refused', () => stream.requests >= 1 && stream.status === 'reconnecting');
        for (; performance.now() - startedAt < ASKED_WAIT_MS; await sleep(20)) equal(stream.requests, 1, 'it waits');
        await stop(target, running);
        equal((await reading).error, undefined);
        ok(performance.now() - startedAt >= ASKED_WAIT_MS, 'it waited for as long as it was asked to');
      });
    },
  },
];
