import { equal } from 'node:assert/strict';

import { at, finished, seqOf } from '../harness/answers.js';
import { call } from '../harness/http.js';
import { ACCEPT, askAfter, eventsUrl, POLLING, refusalIn, type Refusal } from '../harness/raw-events.js';
import { exchange } from '../harness/raw-http.js';
import { checkRefused } from '../harness/refusals.js';
import { onlyFor, type Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#bad-cursors';
const INVALID = { status: 400, code: 'invalid_cursor' } as const;
const WHY = 'A cursor that is guessed at gives an answer with a hole in it.';

/** What stands where a seq should stand. */
const BAD_SEQS: readonly (readonly [id: string, name: string, seq: string])[] = [
  ['empty', 'empty', ''],
  ['negative', '-1', '-1'],
  ['exponent', '1e3', '1e3'],
  ['hexadecimal', '0x10', '0x10'],
  ['arabic-digit', 'a digit that is not ASCII', '٣'],
  ['trailing-space', 'followed by a space', '1 '],
  ['plus-sign', '+1', '+1'],
  ['leading-zero', '01', '01'],
  ['400-digits', '400 digits', '1'.repeat(400)],
  ['2-to-the-53', '2⁵³', String(2 ** 53)],
  ['nul', 'followed by NUL', '1\0'],
  ['path', 'a path', '1/../2'],
  ['fraction', '1.5', '1.5'],
];

function refusesCursor(id: string, name: string, cursor: (id: string, lastSeq: number) => string): Requirement {
  return {
    id: `cursor-refuses-${id}`,
    title: `A cursor ${name} is answered with 400 invalid_cursor`,
    why: WHY,
    source: SOURCE,
    async run(target) {
      const { id, cursor: last } = await finished(target);
      const bad = cursor(id, seqOf(last));
      await checkRefused(target, () => askAfter(target, id, bad), INVALID);
      // A header cannot carry everything, and loses the spaces at its ends.
      if (target.mode !== 'sse' || !/^[\x21-\x7e]+$/.test(bad)) return;
      const headers = { accept: ACCEPT.sse, 'last-event-id': bad };
      await checkRefused(target, async () => refusalIn(await call(eventsUrl(target, id), { headers })), INVALID);
    },
  };
}

function refusesQuery(id: string, name: string, query: (id: string) => string): Requirement {
  return {
    id: `cursor-refuses-${id}`,
    title: `${name} is answered with 400 invalid_cursor`,
    why: WHY,
    source: SOURCE,
    exempt: onlyFor(['chunked', 'sse', 'long-poll', 'short-poll'], 'a socket’s cursor is in a message, not in a query'),
    async run(target) {
      const { id } = await finished(target);
      const url = eventsUrl(target, id, query(id));
      await checkRefused(
        target,
        async () => refusalIn(await call(url, { headers: { accept: ACCEPT[target.mode] } })),
        INVALID,
      );
    },
  };
}

/** Asks with a `Last-Event-ID` that no HTTP client would send. */
async function askWithHeader(target: Target, id: string, lastEventId: string): Promise<Refusal> {
  const head =
    `GET /generations/${id}/events HTTP/1.1\r\nHost: ${new URL(target.url).host}\r\n` +
    `Accept: text/event-stream\r\nLast-Event-ID: ${lastEventId}\r\n\r\n`;
  const { status, body } = await exchange(target.url, head);
  return refusalIn({ status, text: body });
}

function refusesHeader(id: string, name: string, header: (id: string) => string): Requirement {
  return {
    id: `last-event-id-refuses-${id}`,
    title: `A Last-Event-ID with ${name} is refused with 400 and a code`,
    why: 'A header that is read in two ways is how requests are smuggled.',
    source: SOURCE,
    exempt: onlyFor(['sse'], 'only SSE resumes by a header'),
    async run(target) {
      const { id } = await finished(target);
      const { status, error } = await askWithHeader(target, id, header(id));
      // Some of these end in the HTTP parser, before anybody knows that they are a cursor.
      const code = error?.code === 'invalid_cursor' ? 'invalid_cursor' : 'invalid_request';
      equal(`${status} ${error?.code}`, `400 ${code}`);
      await checkRefused(target, () => askWithHeader(target, id, header(id)), { status: 400, code });
    },
  };
}

const waits: readonly Requirement[] = ['-1', 'abc', '999999', '26', '1.5', '', '1e1'].map((wait) => ({
  id: `wait-refuses-${wait === '' ? 'empty' : wait.replace('-', 'minus-').replace('.', '-')}`,
  title: `?wait=${wait} is answered with 400 invalid_request`,
  why: 'A server that waits for as long as it is told to can be kept waiting for ever.',
  source: SOURCE,
  async run(target) {
    const expected = { status: 400, code: 'invalid_request', names: 'wait' } as const;
    const { id } = await finished(target);
    const urls = [`${target.url}/generations/${id}?wait=${wait}`];
    if (POLLING.includes(target.mode)) urls.push(`${target.url}/generations/${id}/events?after=${id}.0&wait=${wait}`);
    for (const url of urls) {
      const ask = async () => refusalIn(await call(url, { headers: { accept: 'application/json' } }));
      await checkRefused(target, ask, expected);
    }
  },
}));

/** The table "Cursor and polling" of the bad inputs, as far as one request shows it. */
export const badCursorRequirements: readonly Requirement[] = [
  refusesCursor('nothing', 'that is empty', () => ''),
  ...BAD_SEQS.map(([id, name, seq]) => refusesCursor(`seq-${id}`, `whose seq is ${name}`, (gen) => `${gen}.${seq}`)),
  ...BAD_SEQS.slice(1).map(([id, name, seq]) =>
    refusesCursor(`bare-${id}`, `without a generation, ${name}`, () => seq),
  ),
  refusesCursor('bare-id', 'without a seq', (id) => id),
  refusesCursor('path', 'that is a path', () => '../../etc/passwd'),
  refusesCursor('ahead', 'ahead of everything that was said', (id, lastSeq) => at(id, lastSeq + 1)),
  refusesQuery('repeated-key', 'A repeated query key', (id) => `after=${id}.1&after=${id}.1`),
  refusesQuery('brackets', 'A bracketed query key', (id) => `after[]=${id}.1`),
  refusesQuery('named-brackets', 'A query key with a name in brackets', (id) => `after[x]=${id}.1`),
  refusesQuery('escaped-nul', 'An escaped NUL in the query', (id) => `after=${id}.1%00`),
  refusesQuery('escaped-line-end', 'An escaped line end in the query', (id) => `after=${id}.1%0d%0a`),
  refusesHeader('nul', 'NUL', (id) => `${id}.1\0`),
  refusesHeader('carriage-return', 'a bare carriage return', (id) => `${id}.1\rX-Other: 1`),
  refusesHeader('folded-line', 'a line end, folded', (id) => `${id}.1\r\n 2`),
  ...waits,
];
