import { deepEqual, equal, ok } from 'node:assert/strict';
import { connect, type Socket } from 'node:net';

import type { Snapshot, StreamEvent } from '@tokenwire/protocol';

import { at, ended, ENDLESS, gauge, QUICK, seqOf, SILENT, snapshot, start } from '../harness/answers.js';
import { eventually, within } from '../harness/eventually.js';
import { call, type HttpAnswer } from '../harness/http.js';
import { onLaunched } from '../harness/on-launched.js';
import { onSocket } from '../harness/on-socket.js';
import { ACCEPT, eventsUrl, POLLING } from '../harness/raw-events.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#shutdown';
/** Far above what an exit takes on a busy machine, and far below every limit that it must not wait for. */
const EXIT_MS = 12_000;
/** Events of `SILENT` before its silence. */
const SILENT_SEQ = 7;
/** Four megabytes of events: more than connections take in while nobody reads. */
const MUCH = { ...QUICK, model: 'sim/ugly', maxTokens: 20_000 } as const;
/** Never cancelled because nobody reads it, as far as a requirement lives. */
const LASTING = { ...ENDLESS, onDisconnect: { graceMs: 600_000 } } as const;
/** Unread answers of polls: one page of a mebibyte each. */
const UNREAD_POLLS = 8;

/** Connections that ask for all of an answer, and never read a byte of it. */
function neverReading(target: Target, id: string): readonly Socket[] {
  const { host, hostname, port } = new URL(target.url);
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: tokenwire.v1\r\n';
  const { pathname, search } = new URL(eventsUrl(target, id, `after=${at(id, 0)}`));
  const path = target.mode === 'websocket' ? `/generations?after=${at(id, 0)}` : pathname + search;
  const rest = target.mode === 'websocket' ? upgrade : `Accept: ${ACCEPT[target.mode]}\r\n`;
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${rest}\r\n`;
  return Array.from({ length: POLLING.includes(target.mode) ? UNREAD_POLLS : 1 }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    // Without a listener for its data a socket does not read.
    socket.write(request);
    return socket;
  });
}

/** Requests that are held because there is nothing to say: the snapshot's on every server, and a long poll. */
async function park(target: Target, id: string): Promise<readonly HttpAnswer[]> {
  const urls = [`${target.url}/generations/${id}?wait=25`];
  if (target.mode === 'long-poll') urls.push(eventsUrl(target, id, `after=${at(id, SILENT_SEQ)}`));
  return await Promise.all(urls.map((url) => call(url, { headers: { accept: 'application/json' } })));
}

export const shutdownRequirements: readonly Requirement[] = [
  {
    id: 'sigterm-answers-what-is-parked',
    title:
      'SIGTERM answers held requests at once and lets running answers go on; a second SIGTERM ends the server at once',
    why: 'A poll that is held until the process ends is lost, and whoever presses Ctrl-C twice means now.',
    source: SOURCE,
    needs: ['launch'],
    async run(original) {
      await onLaunched(original, ['--drain-ms', '60000'], async (target, server) => {
        const id = await start(target, { ...SILENT, onDisconnect: LASTING.onDisconnect });
        await eventually('it is silent', async () => seqOf((await snapshot(target, id)).cursor) === SILENT_SEQ);
        const answers = park(target, id);
        const held = target.mode === 'long-poll' ? 2 : 1;
        await eventually('the requests are held', async () => (await gauge(target, 'tokenwire_readers')) === held);
        server.terminate();
        const [waited, polled] = await within(EXIT_MS, 'the held requests are answered', answers);
        const { status, cursor } = JSON.parse(waited?.text ?? '') as Snapshot;
        deepEqual([waited?.status, status, cursor], [200, 'running', at(id, SILENT_SEQ)]);
        if (polled) deepEqual(JSON.parse(polled.text), { events: [], cursor: at(id, SILENT_SEQ), done: false });
        equal((await snapshot(target, id)).status, 'running');
        server.terminate();
        equal(await within(EXIT_MS, 'it ends at the second signal', server.exited), 0);
      });
    },
  },
  {
    id: 'sigterm-closes-in-good-order',
    title:
      'At the deadline streams end after a whole event that says shutdown, WebSockets with 1012, and a reader that never reads delays nothing',
    why: 'A cut in mid-event looks like a broken network, and one sleeping laptop must not hold up a deploy.',
    source: SOURCE,
    needs: ['launch'],
    async run(original) {
      // The write stall, 30 s, is not what ends the connections of those who do not read.
      await onLaunched(original, ['--drain-ms', '300'], async (target, server) => {
        const done = await start(target, MUCH);
        await ended(target, done);
        const running = await start(target, LASTING);
        const sockets = [...neverReading(target, done), ...neverReading(target, running)];
        const attached = POLLING.includes(target.mode) ? 1 : sockets.length;
        await eventually('they are attached', async () => (await gauge(target, 'tokenwire_readers')) >= attached);
        if (POLLING.includes(target.mode)) server.terminate();
        else await checkGoodOrder(target, running, server);
        equal(await within(EXIT_MS, 'it ends at its deadline', server.exited), 0);
        for (const socket of sockets) socket.destroy();
      });
    },
  },
];

interface Terminable {
  terminate(): void;
}

/** Terminates the server while an answer is read, and looks at how that reading ends. */
async function checkGoodOrder(target: Target, id: string, server: Terminable): Promise<void> {
  const last = target.mode === 'websocket' ? lastOnSocket(target, id, server) : lastOnStream(target, id, server);
  const end = await within(EXIT_MS, 'the stream ends', last);
  deepEqual([end?.type, end?.type === 'cancelled' && end.by], ['cancelled', 'shutdown']);
}

async function lastOnStream(target: Target, id: string, server: Terminable): Promise<StreamEvent | undefined> {
  const before = await gauge(target, 'tokenwire_readers');
  const whole = call(eventsUrl(target, id, `after=${at(id, 0)}`), { headers: { accept: ACCEPT[target.mode] } });
  await eventually('it is being read', async () => (await gauge(target, 'tokenwire_readers')) > before);
  server.terminate();
  const { complete, text } = await whole;
  ok(complete, 'the response has a proper end');
  ok(text.endsWith(target.mode === 'sse' ? '\n\n' : '\n'), 'after a whole event');
  const lines = text.split('\n').map((line) => line.replace(/^data: /, ''));
  const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as StreamEvent);
  return events.at(-1);
}

async function lastOnSocket(target: Target, id: string, server: Terminable): Promise<StreamEvent | undefined> {
  let end: StreamEvent | undefined;
  await onSocket(target, async (session) => {
    session.say({ type: 'attach', ref: 1, after: at(id, 0) });
    await eventually('it is being read', () => session.events(1).length > 0);
    server.terminate();
    equal(await session.closed, 1012);
    end = session.events(1).at(-1);
  });
  return end;
}
