import { deepEqual, equal } from 'node:assert/strict';

import { fetchTicket } from '@tokenwire/client-kit';
import { WEBSOCKET_PROTOCOL, type ErrorBody } from '@tokenwire/protocol';

import { callStart, ENDLESS, jsonPost, QUICK } from '../harness/answers.js';
import { checkLog } from '../harness/check.js';
import { PATIENCE_MS, within } from '../harness/eventually.js';
import { call, type CallOptions } from '../harness/http.js';
import { ACCEPT, eventsUrl, refusalIn } from '../harness/raw-events.js';
import { readToEnd } from '../harness/reading.js';
import { SocketSession } from '../harness/socket-session.js';
import { ADA, BOB, withUsers } from '../harness/with-users.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#authentication';
const UNKNOWN = 'gen_0000000000000000000000';

/** Starts an answer of Ada's. */
async function startAsAda({ url }: Target, request: object): Promise<string> {
  const { status, json } = await callStart(`${url}/generations`, jsonPost(request, ADA));
  equal(status, 201);
  return json.id;
}

/** The routes of one generation; the first in the target's own mode. */
function routesOf(target: Target, id: string): readonly (readonly [url: string, options: CallOptions])[] {
  const own = { headers: { accept: ACCEPT[target.mode] } };
  const events = target.mode === 'websocket' ? [] : [[eventsUrl(target, id), own] as const];
  const { url } = target;
  return [...events, [`${url}/generations/${id}`, {}], [`${url}/generations/${id}/stop`, { method: 'POST' }]];
}

/** What a reader with this ticket gets: an HTTP status, or the code with which its socket is closed; 0 for open. */
async function useTicket(target: Target, ticket: string, id: string): Promise<number> {
  if (target.mode !== 'websocket') {
    const url = eventsUrl(target, id, `after=${id}.0&ticket=${ticket}`);
    return (await call(url, { headers: { accept: ACCEPT[target.mode] } })).status;
  }
  const session = await SocketSession.open(target.url, WEBSOCKET_PROTOCOL, `?ticket=${ticket}`);
  session.say({ type: 'attach', ref: 1, after: `${id}.0` });
  const heard = session.hear('an event', ({ event }) => event !== undefined).then(() => 0);
  const code = await Promise.race([heard, session.closed]);
  heard.catch(() => {});
  await session.close();
  return code;
}

/** A request without a valid token. */
async function refuseNobody(target: Target): Promise<void> {
  for (const headers of [{}, { authorization: `${ADA.authorization}x` }] as Record<string, string>[]) {
    for (const [url, options] of [startOf(target), ...routesOf(target, UNKNOWN)]) {
      const answer = await call(url, { ...options, headers: { ...options.headers, ...headers } });
      deepEqual([answer.status, refusalIn(answer).error?.code], [401, 'unauthenticated'], url);
      equal(answer.headers['www-authenticate'], 'Bearer');
    }
  }
  if (target.mode !== 'websocket') return;
  const session = await SocketSession.open(target.url);
  session.say({ type: 'generate', ref: 1, request: QUICK });
  equal(await within(PATIENCE_MS, 'the socket is closed', session.closed), 4501);
  deepEqual(session.heard, []);
}

/** A page of a foreign origin, even with a valid token. */
async function refuseForeignPages(target: Target): Promise<void> {
  for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null']) {
    const [url, options] = startOf(target);
    const started = await call(url, { ...options, headers: { ...options.headers, ...ADA, origin } });
    deepEqual([started.status, refusalIn(started).error?.code], [403, 'forbidden']);
    if (target.mode !== 'websocket') continue;
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const headers = { ...ADA, ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', origin };
    equal((await call(url, { headers })).status, 403);
  }
}

const startOf = ({ url }: Target): readonly [string, CallOptions] => [`${url}/generations`, jsonPost(QUICK)];

/** What the routes of a generation answer to a user. */
async function seenBy(
  user: Readonly<Record<string, string>>,
  target: Target,
  id: string,
): Promise<readonly (readonly [status: number, error: Partial<ErrorBody>])[]> {
  const answers = [];
  for (const [url, options] of routesOf(target, id)) {
    const answer = await call(url, { ...options, headers: { ...options.headers, ...user } });
    answers.push([answer.status, { ...refusalIn(answer).error, requestId: '' }] as const);
  }
  return answers;
}

export const accessRequirements: readonly Requirement[] = [
  {
    id: 'nobody-is-refused',
    title:
      'On a server with users a request without a valid token is answered with 401 and the scheme, and one from a page of a foreign origin with 403',
    why: 'Whoever reaches the port could spend the tokens otherwise, and every open page reaches the ports of its machine.',
    source: SOURCE,
    needs: ['launch'],
    async run(original) {
      await withUsers(original, async (target) => {
        await refuseNobody(target);
        await refuseForeignPages(target);
      });
    },
  },
  {
    id: 'owner-only',
    title:
      'A user starts, reads and stops with a token, or with tickets where no header can be sent; for other users the answer never was',
    why: 'That an answer exists is a secret too; and access that works on one transport only decides which one people use.',
    source: SOURCE,
    needs: ['launch'],
    async run(original) {
      await withUsers(original, async (target) => {
        const { url } = target;
        const ticket = (generation: string | undefined) => fetchTicket({ url, headers: ADA, generation });
        const stream = target.open({ url, request: ENDLESS, headers: ADA, ticket });
        const { events, error } = await readToEnd(stream, ({ seq }) => void (seq === 10 && stream.stop()));
        equal(error, undefined);
        checkLog(events);
        equal(events.at(-1)?.type, 'cancelled');
        const id = stream.id ?? '';
        const theirs = await seenBy(BOB, target, id);
        deepEqual(theirs, await seenBy(BOB, target, UNKNOWN));
        for (const [status, refusal] of theirs) deepEqual([status, refusal.code], [404, 'not_found']);
        for (const [status] of await seenBy(ADA, target, id)) equal(status, 200);
        const asked = await call(`${url}/tickets`, jsonPost({ generation: id }, BOB));
        equal(asked.status, 404, 'nor is there a ticket for it');
      });
    },
  },
  {
    id: 'ticket-opens-once',
    title: 'A ticket opens one connection to its generation, once, and no other generation',
    why: 'What stands in a URL is read by proxies, logs and neighbours.',
    source: SOURCE,
    needs: ['launch'],
    async run(original) {
      await withUsers(original, async (target) => {
        const [id, other] = [await startAsAda(target, QUICK), await startAsAda(target, QUICK)];
        const { url } = target;
        const socket = target.mode === 'websocket';
        const ticket = await fetchTicket({ url, headers: ADA, generation: id });
        equal(await useTicket(target, ticket, id), socket ? 0 : 200);
        equal(await useTicket(target, ticket, id), socket ? 4501 : 401, 'used');
        equal(await useTicket(target, 'made-up', id), socket ? 4501 : 401, 'unknown');
        const bound = await fetchTicket({ url, headers: ADA, generation: id });
        equal(await useTicket(target, bound, other), socket ? 4503 : 403, 'of another generation');
        const anywhere = await fetchTicket({ url, headers: ADA });
        equal((await call(`${url}/generations/${id}?ticket=${anywhere}`)).status, 401, 'on another route');
      });
    },
  },
];
