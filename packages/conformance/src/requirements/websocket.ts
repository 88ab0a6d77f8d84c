import { deepEqual, equal, ok } from 'node:assert/strict';

import { WEBSOCKET_PROTOCOL } from '@tokenwire/protocol';

import { at, ended, ENDLESS, finished, PACED, seqOf, snapshot, stop } from '../harness/answers.js';
import { eventually } from '../harness/eventually.js';
import { call } from '../harness/http.js';
import { onSocket, wholeAnswer } from '../harness/on-socket.js';
import { refusalIn } from '../harness/raw-events.js';
import { SocketSession } from '../harness/socket-session.js';
import { onlyFor, type Requirement } from '../requirement.js';

const ONLY = onlyFor(['websocket'], 'only a WebSocket has messages in both directions');
const SOURCE = 'docs/protocol.md#websocket-messages';

export const websocketRequirements: readonly Requirement[] = [
  {
    id: 'socket-handshake',
    title: 'The handshake agrees on the subprotocol tokenwire.v1, and elsewhere there is nothing to upgrade to',
    why: 'Both ends name it, so a foreign server is noticed at once.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      await onSocket(target, async ({ protocol }) => equal(protocol, WEBSOCKET_PROTOCOL));
      const { status, headers, text } = await call(`${target.url}/generations`, { headers: { accept: '*/*' } });
      // The combined server offers POST on this path too, so there the method is what is wrong.
      const expected = target.clients ? [405, 'method_not_allowed'] : [426, 'upgrade_required'];
      deepEqual([status, refusalIn({ status, text }).error?.code], expected);
      if (!target.clients) equal(headers['upgrade'], 'websocket');
    },
  },
  {
    id: 'socket-carries-many-answers',
    title: 'One socket carries many answers at once, told apart by the client’s ref',
    why: 'A page with five answers needs one connection.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      const { id, cursor } = await finished(target);
      await onSocket(target, async (session) => {
        for (const ref of [1, 2, 0]) session.say({ type: 'generate', ref, request: PACED });
        session.say({ type: 'attach', ref: 77, after: at(id, 5) });
        for (const ref of [1, 2, 0]) await wholeAnswer(session, ref);
        await wholeAnswer(session, 77, 5);
        const heads = session.heard.filter(({ generation }) => generation !== undefined);
        equal(new Set(heads.map(({ generation }) => generation)).size, 4);
        deepEqual(heads.find(({ ref }) => ref === 77)?.cursor, at(id, 5));
        session.say({ type: 'attach', ref: 78, after: cursor });
        const head = await session.hear('the answer has ended', ({ ref }) => ref === 78);
        deepEqual([head.done, session.events(78)], [true, []]);
      });
    },
  },
  {
    id: 'socket-detach',
    title: 'A detach ends the events of its ref, leaves the generation alone, and frees the ref',
    why: 'Closing one pane must not close the others.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      await onSocket(target, async (session) => {
        session.say({ type: 'generate', ref: 1, request: ENDLESS });
        session.say({ type: 'generate', ref: 2, request: ENDLESS });
        await eventually('both speak', () => session.events(1).length > 5 && session.events(2).length > 5);
        session.say({ type: 'detach', ref: 1 });
        // What was on its way when the detach arrived comes before the answer to what was said after it.
        session.say({ type: 'attach', ref: 99, after: 'nonsense' });
        await session.hear('the answer to the message after the detach', ({ ref }) => ref === 99);
        const count = session.events(1).length;
        const others = session.events(2).length;
        await eventually('the other goes on', () => session.events(2).length > others + 10);
        equal(session.events(1).length, count, 'nothing more under the detached ref');
        const ids = session.heard.flatMap(({ generation }) => generation ?? []);
        equal((await snapshot(target, ids[0] ?? '')).status, 'running');
        session.say({ type: 'attach', ref: 1, after: at(ids[0] ?? '', 0) });
        await eventually('the ref is free again', () => session.events(1).length > count);
        for (const id of ids) await stop(target, id);
      });
    },
  },
  {
    id: 'socket-stop',
    title: 'A stop message is answered with the receipt, and the terminal event comes under the ref',
    why: 'The button and the stream share a connection; the order must be clear.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      await onSocket(target, async (session) => {
        session.say({ type: 'generate', ref: 1, request: ENDLESS });
        await eventually('it speaks', () => session.events(1).length > 5);
        const id = session.heard[0]?.generation ?? '';
        session.say({ type: 'stop', id });
        const { receipt } = await session.hear('the receipt', ({ stopped }) => stopped === id);
        await wholeAnswer(session, 1);
        deepEqual([receipt?.status, receipt?.lastSeq], ['cancelled', session.events(1).at(-1)?.seq]);
      });
    },
  },
  {
    id: 'socket-close-detaches',
    title: 'Closing the socket leaves its generations running, under their policy',
    why: 'A disconnect is not a stop, on no transport.',
    source: SOURCE,
    exempt: ONLY,
    async run(target) {
      const session = await SocketSession.open(target.url);
      session.say({ type: 'generate', ref: 1, request: { ...PACED, onDisconnect: 'continue' } });
      const { generation = '' } = await session.hear('the generation', (message) => message.generation !== undefined);
      await session.close();
      const { status, cursor } = await ended(target, generation);
      equal(status, 'completed');
      ok(seqOf(cursor) > PACED.maxTokens);
    },
  },
];
