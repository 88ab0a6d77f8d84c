import { deepEqual, equal } from 'node:assert/strict';

import { at, finished, seqOf, whileRunning, ENDLESS, type Address } from '../harness/answers.js';
import { call } from '../harness/http.js';
import { ACCEPT, askAfter, askBySocket, eventsUrl, refusalIn } from '../harness/raw-events.js';
import { checkRefused } from '../harness/refusals.js';
import { onlyFor, type Requirement } from '../requirement.js';
import { badCursorRequirements } from './bad-cursors.js';
import { UNKNOWN_ID } from './errors.js';

const SOURCE = 'docs/protocol.md#bad-cursors';
const INVALID = { status: 400, code: 'invalid_cursor' } as const;

async function anotherId(address: Address): Promise<string> {
  return (await finished(address)).id;
}

export const cursorRequirements: readonly Requirement[] = [
  ...badCursorRequirements,
  {
    id: 'cursor-refuses-anothers',
    title: 'A cursor of another generation is answered with 400 invalid_cursor',
    why: 'The reader would get the wrong answer and not know it.',
    source: SOURCE,
    exempt: { websocket: 'an attach names its generation only by its cursor, so the two cannot disagree' },
    async run(target) {
      const { id } = await finished(target);
      const other = await anotherId(target);
      await checkRefused(target, () => askAfter(target, id, at(other, 1)), INVALID);
      await checkRefused(target, () => askAfter(target, id, at(UNKNOWN_ID, 0)), INVALID);
    },
  },
  {
    id: 'cursor-ahead-of-a-running-tail',
    title: 'A cursor ahead of the tail of a running answer is refused, not waited for',
    why: 'It can only come from another server or from a mistake.',
    source: SOURCE,
    async run(target) {
      await whileRunning(target, ENDLESS, async (id) => {
        await checkRefused(target, () => askAfter(target, id, at(id, 90_000)), INVALID);
      });
    },
  },
  {
    id: 'cursor-and-last-event-id-disagree',
    title: 'A cursor and a Last-Event-ID that disagree are refused; equal ones are one cursor',
    why: 'Each of the two could be the right one.',
    source: SOURCE,
    exempt: onlyFor(['sse'], 'only SSE resumes by a header'),
    async run(target) {
      const { id, cursor } = await finished(target);
      const ask = (after: string, header: string) =>
        call(eventsUrl(target, id, `after=${after}`), { headers: { accept: ACCEPT.sse, 'last-event-id': header } });
      await checkRefused(target, async () => refusalIn(await ask(at(id, 1), at(id, 2))), INVALID);
      const { status, text } = await ask(at(id, seqOf(cursor) - 1), at(id, seqOf(cursor) - 1));
      deepEqual([status, text.startsWith(`id: ${cursor}\n`)], [200, true]);
    },
  },
  {
    id: 'cursor-expired',
    title: 'A cursor that was valid once is answered with 410 cursor_expired and the oldest cursor there is',
    why: 'An application must know that the answer is gone, and not that it never was.',
    source: SOURCE,
    needs: ['launch'],
    async run(target) {
      const server = await target.launch?.(['--retention-bytes', '0']);
      if (!server) return;
      try {
        const { id } = await startAndForget(server);
        const { status, error } = await askAfter({ ...target, url: server.url }, id, at(id, 3));
        deepEqual([status, error?.code, error?.oldest], [410, 'cursor_expired', null]);
      } finally {
        equal(await server.stop(), 0);
      }
    },
  },
  {
    id: 'cursor-message-without-cursor',
    title: 'An attach without a cursor is answered with an error message that names its ref',
    why: 'One socket carries many answers; an error without its ref belongs to none.',
    source: SOURCE,
    exempt: onlyFor(['websocket'], 'only a WebSocket attaches by a message'),
    async run(target) {
      for (const after of [undefined, null, 5, {}, []]) {
        await checkRefused(target, () => askBySocket(target, { type: 'attach', ref: 9, after }), INVALID);
      }
    },
  },
];

/** With no room to keep anything, the answer is gone when it has ended; `?wait=` still answers who waited. */
async function startAndForget({ url }: Address): Promise<{ readonly id: string }> {
  const body = JSON.stringify({ model: 'sim', prompt: 'Hello', maxTokens: 5, cadence: 'instant' });
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const { status, text } = await call(`${url}/generations?wait=20`, { method: 'POST', headers, body });
  equal(status, 201);
  return JSON.parse(text) as { id: string };
}
