import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deepEqual, equal } from 'node:assert/strict';

import type { StreamEvent } from '@tokenwire/protocol';

import { QUICK } from '../harness/answers.js';
import { checkLog } from '../harness/check.js';
import { readToEnd, type Reading } from '../harness/reading.js';
import { SCRIPTED_EVENTS, SCRIPTED_ID, ScriptedServer, type Script } from '../harness/scripted-server.js';
import { onlyFor, type Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#delivery';
const TEXT = 'One two three four five.';

const rest = (after: number): readonly StreamEvent[] => SCRIPTED_EVENTS.slice(after);
const without = (seq: number, events: readonly StreamEvent[]): readonly StreamEvent[] =>
  events.filter((event) => event.seq !== seq);

/** Reads the answer of a scripted server with the target’s client. */
async function readScript({ mode, open }: Target, script: Script): Promise<Reading & { readonly asked: number }> {
  let outcome: (Reading & { readonly asked: number }) | undefined;
  await ScriptedServer.during(mode, script, async (url, server) => {
    const retry = { maxAttempts: 3, baseMs: 1, capMs: 5 };
    const reading = await readToEnd(open({ url, request: QUICK, retry }));
    outcome = { ...reading, asked: server.asked };
  });
  if (!outcome) throw new Error('nothing was read');
  return outcome;
}

/** What a client makes of a server that does not keep the protocol: it asks a server of the kit’s own. */
export const clientRequirements: readonly Requirement[] = [
  {
    id: 'client-drops-repeats',
    title: 'A client drops what it has got already, wherever the server begins again',
    why: 'Words that appear twice are the bug that everybody sees.',
    source: SOURCE,
    async run(target) {
      const twice: Script = (after, n) =>
        n === 0 ? SCRIPTED_EVENTS.slice(0, 6) : rest(Math.max(0, after - 3)).flatMap((event) => [event, event]);
      const { events, stream, error } = await readScript(target, twice);
      equal(error, undefined);
      checkLog(events);
      equal(stream.textSoFar, TEXT);
    },
  },
  {
    id: 'client-fills-a-gap',
    title: 'A client that misses an event asks again from before the gap',
    why: 'A gap that is passed over is a wrong answer that looks right.',
    source: SOURCE,
    async run(target) {
      const { events, stream, error } = await readScript(target, (after, n) =>
        n === 0 ? without(5, rest(after)) : rest(after),
      );
      equal(error, undefined);
      checkLog(events);
      equal(stream.textSoFar, TEXT);
    },
  },
  {
    id: 'client-reports-a-gap',
    title: 'A client that misses an event for good says so, and keeps what came before it',
    why: 'An application must be able to tell half an answer from a whole one.',
    source: SOURCE,
    async run(target) {
      const { events, stream, error } = await readScript(target, (after) => without(5, rest(after)));
      equal(error?.code, 'bad_response');
      deepEqual([events.length, stream.textSoFar, stream.partial], [4, 'One two ', true]);
    },
  },
  {
    id: 'client-reports-a-missing-end',
    title: 'A client whose connections all end without a terminal event fails, and keeps the text',
    why: 'The end of a connection says that the connection is over, and nothing about the answer.',
    source: SOURCE,
    exempt: onlyFor(
      ['chunked', 'sse', 'websocket'],
      'an empty page says that there is nothing new yet, so a poller asks on',
    ),
    async run(target) {
      const { stream, error } = await readScript(target, (after) => rest(after).slice(0, -1));
      equal(error?.code, 'connection_lost');
      deepEqual([stream.status, stream.textSoFar], ['failed', TEXT]);
    },
  },
  {
    id: 'client-refuses-another-answer',
    title: 'A client never shows events of another generation than its own',
    why: 'Somebody else’s words in an answer are the worst mistake that a server can make.',
    source: SOURCE,
    async run(target) {
      const other = SCRIPTED_ID.replace('gen_0', 'gen_9');
      const [start, ...following] = SCRIPTED_EVENTS;
      const foreign = [{ ...start, id: other } as StreamEvent, ...following];
      const { events, stream, error } = await readScript(target, (after) => foreign.slice(after));
      equal(error?.code, 'bad_response');
      deepEqual([events, stream.textSoFar], [[], '']);
    },
  },
  {
    id: 'client-stays-with-its-server',
    title: 'A client does not follow a redirect: neither the prompt nor the key goes to another origin',
    why: 'Whoever can answer once could otherwise have everything that is asked from then on.',
    source: SOURCE,
    async run(target) {
      let elsewhere = 0;
      await ScriptedServer.during(target.mode, rest, async (url, server) => {
        const redirecting = createServer((req, res) => {
          req.resume();
          res.writeHead(307, { location: url + (req.url ?? '') }).end();
        });
        redirecting.listen(0, '127.0.0.1');
        await once(redirecting, 'listening');
        const { port } = redirecting.address() as AddressInfo;
        const retry = { maxAttempts: 2, baseMs: 1 };
        const stream = target.open({ url: `http://127.0.0.1:${port}`, request: QUICK, retry });
        const { events } = await readToEnd(stream);
        elsewhere = server.asked + events.length;
        redirecting.close();
        redirecting.closeAllConnections();
        equal(stream.status, 'failed');
      });
      equal(elsewhere, 0);
    },
  },
];
