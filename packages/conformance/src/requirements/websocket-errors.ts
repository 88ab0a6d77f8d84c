import { deepEqual, equal, ok } from 'node:assert/strict';

import { ENDLESS, PACED, QUICK, stop } from '../harness/answers.js';
import { eventually, PATIENCE_MS, within } from '../harness/eventually.js';
import { onSocket, wholeAnswer } from '../harness/on-socket.js';
import { SocketSession } from '../harness/socket-session.js';
import { onlyFor, type Requirement } from '../requirement.js';

const ONLY = onlyFor(['websocket'], 'only a WebSocket has messages in both directions');
const SOURCE = 'docs/protocol.md#websocket-messages';

/** What a WebSocket server says to a client’s mistakes. */
export const websocketErrorRequirements: readonly Requirement[] = [
  {
    id: 'socket-duplicate-ref',
    title: 'A ref that is in use is refused with conflict, and its answer goes on undisturbed',
    why: 'Two answers under one ref could not be told apart.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      await onSocket(target, async (session) => {
        session.say({ type: 'generate', ref: 1, request: PACED });
        session.say({ type: 'generate', ref: 1, request: PACED });
        const { error, ref, refInUse } = await session.hear('an error', (message) => message.error !== undefined);
        // With a `ref` of its own the error would mean that the answer under it has ended.
        deepEqual([error?.code, ref, refInUse], ['conflict', undefined, 1]);
        ok(error?.requestId, 'and it can be found in the log of the server');
        await wholeAnswer(session, 1);
      });
    },
  },
  {
    id: 'socket-too-many-refs',
    title: 'The twenty-first answer at the same time on one socket is refused with rate_limited',
    why: 'One socket must not be a way around the limits.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      await onSocket(target, async (session) => {
        for (let ref = 1; ref <= 21; ref += 1) session.say({ type: 'generate', ref, request: ENDLESS });
        const { error, ref } = await session.hear('an error', (message) => message.error !== undefined);
        deepEqual([error?.code, ref], ['rate_limited', 21]);
        const heads = () => session.heard.flatMap(({ generation }) => generation ?? []);
        await eventually('twenty answers', () => heads().length === 20);
        for (const id of heads()) await stop(target, id);
      });
    },
  },
  {
    id: 'socket-message-errors',
    title: 'What is not JSON, no message, or about an unknown generation is answered with an error message',
    why: 'A socket that is closed for one mistake takes all its answers with it.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      await onSocket(target, async (session) => {
        session.say({ type: 'generate', ref: 1, request: PACED });
        const mistakes: readonly (readonly [message: object | string, code: string])[] = [
          ['{"type":', 'invalid_json'],
          ['', 'invalid_json'],
          ['[]', 'invalid_request'],
          ['null', 'invalid_request'],
          [{ type: 'pong', x: 1 }, 'unknown_field'],
          [{ type: 'shout' }, 'invalid_request'],
          [{ type: 'generate', ref: 'one', request: QUICK }, 'invalid_request'],
          [{ type: 'stop', id: 'gen_0000000000000000000000' }, 'not_found'],
          [{ type: 'attach', ref: 5, after: 'gen_0000000000000000000000.0' }, 'not_found'],
        ];
        for (const [index, [message, code]] of mistakes.entries()) {
          session.say(message);
          const errors = () => session.heard.filter(({ error }) => error !== undefined);
          await eventually('an error', () => errors().length === index + 1);
          equal(errors().at(-1)?.error?.code, code, JSON.stringify(message));
        }
        await wholeAnswer(session, 1);
      });
    },
  },
  {
    id: 'socket-nonsense-closes',
    title: 'A binary message closes the socket with 1003, repeated nonsense with 4500, a message too long with 1009',
    why: 'Who does not speak the protocol must not be listened to for ever.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      const closings: readonly (readonly [message: string | Uint8Array, times: number, code: number])[] = [
        [Buffer.from('{"type":"pong"}'), 1, 1003],
        ['nonsense', 100, 4500],
        [JSON.stringify({ type: 'generate', ref: 1, request: { ...QUICK, prompt: 'x'.repeat(64 * 1024) } }), 1, 1009],
      ];
      for (const [message, times, code] of closings) {
        const session = await SocketSession.open(target.url);
        for (let n = 0; n < times; n += 1) session.say(message);
        equal(await within(PATIENCE_MS, `close code ${code}`, session.closed), code);
      }
    },
  },
];
