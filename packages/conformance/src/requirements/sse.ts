import { deepEqual, equal, match, ok } from 'node:assert/strict';

import type { StreamEvent } from '@tokenwire/protocol';

import { ended, finished, gauge, seqOf } from '../harness/answers.js';
import { call, openCall } from '../harness/http.js';
import { eventsUrl } from '../harness/raw-events.js';
import { onlyFor, type Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const ONLY = onlyFor(['sse'], 'blocks, Last-Event-ID and 204 are of Server-Sent Events');
const ACCEPT = { accept: 'text/event-stream' } as const;

interface Block {
  readonly id: string;
  readonly event: StreamEvent;
}

/** Reads blocks the strict way: exactly `id:` and `data:`. @throws for any other line. */
function blocksIn(text: string): readonly Block[] {
  const blocks = text.split('\n\n').filter((block) => block !== '' && !block.startsWith(':'));
  return blocks.map((block) => {
    const [, id, data] = /^id: (\S+)\ndata: (.+)$/.exec(block) ?? [];
    ok(id !== undefined && data !== undefined, `a block has an id and data and nothing else: ${block.slice(0, 200)}`);
    return { id, event: JSON.parse(data) as StreamEvent };
  });
}

/** Reads until `count` whole blocks are there, and cuts the connection. */
async function someBlocks(
  target: Target,
  url: string,
  count: number,
): Promise<{ id: string; blocks: readonly Block[] }> {
  const { status, headers, body, close } = await openCall(url, { headers: ACCEPT });
  equal(status, 200, `${url} on ${target.url}`);
  let text = '';
  for await (const piece of body) {
    text += piece.toString();
    if (text.split('\n\n').length > count) break;
  }
  close();
  const whole = text.slice(0, text.lastIndexOf('\n\n'));
  return { id: String(headers['tokenwire-generation']), blocks: blocksIn(whole).slice(0, count) };
}

export const sseRequirements: readonly Requirement[] = [
  {
    id: 'sse-blocks',
    title: 'Each event is one block with its cursor as id and its JSON as data, without an event field',
    why: 'EventSource hands unnamed events to onmessage, and sends the last id when it comes back.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      const { id, cursor } = await finished(target);
      const { headers, text } = await call(eventsUrl(target, id), { headers: ACCEPT });
      match(String(headers['content-type']), /^text\/event-stream(; ?charset=utf-8)?$/);
      const blocks = blocksIn(text);
      deepEqual(
        blocks.map((block) => block.id),
        blocks.map(({ event }) => `${id}.${event.seq}`),
      );
      equal(blocks.at(-1)?.id, cursor);
    },
  },
  {
    id: 'sse-last-event-id',
    title: 'Last-Event-ID is a cursor: the answer continues strictly after it',
    why: 'A browser’s EventSource comes back with it by itself.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      const { id } = await finished(target);
      const all = blocksIn((await call(eventsUrl(target, id), { headers: ACCEPT })).text);
      const headers = { ...ACCEPT, 'last-event-id': `${id}.7` };
      const rest = blocksIn((await call(eventsUrl(target, id), { headers })).text);
      deepEqual(rest, all.slice(7));
    },
  },
  {
    id: 'sse-204-after-the-end',
    title: 'A reconnect whose cursor is the terminal event gets 204 without a body',
    why: 'EventSource comes back after every end; 204 is the one answer that stops it.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      const { cursor, id } = await finished(target);
      const requests = [
        { url: eventsUrl(target, id), headers: { ...ACCEPT, 'last-event-id': cursor } },
        { url: eventsUrl(target, id, `after=${cursor}`), headers: ACCEPT },
        { url: `${target.url}/stream?prompt=Hello`, headers: { ...ACCEPT, 'last-event-id': cursor } },
      ];
      for (const { url, headers } of requests) {
        const { status, bytes } = await call(url, { headers });
        deepEqual([status, bytes.length], [204, 0], url);
      }
      const last = await call(eventsUrl(target, id, `after=${id}.${seqOf(cursor) - 1}`), { headers: ACCEPT });
      equal(last.status, 200, 'one before the end there is still one to send');
    },
  },
  {
    id: 'stream-demo-resumes',
    title: 'GET /stream starts once: a reconnect with Last-Event-ID resumes the same generation',
    why: 'new EventSource(…) reconnects by itself; each time it would start, and bill, another answer.',
    source: 'docs/protocol.md#stream-demo',
    exempt: ONLY,
    async run(target) {
      const url = `${target.url}/stream?prompt=Hello&model=sim&cadence=fast&maxTokens=60&seed=7`;
      const keptBefore = await gauge(target, 'tokenwire_generations_kept');
      const first = await someBlocks(target, url, 10);
      const lastId = first.blocks.at(-1)?.id ?? '';
      const again = await call(url, { headers: { ...ACCEPT, 'last-event-id': lastId } });
      equal(again.headers['tokenwire-generation'], first.id);
      const blocks = [...first.blocks, ...blocksIn(again.text)];
      deepEqual(
        blocks.map(({ event }) => event.seq),
        blocks.map((_, index) => index + 1),
      );
      equal((await ended(target, first.id)).status, 'completed');
      equal(await gauge(target, 'tokenwire_generations_kept'), keptBefore + 1);
    },
  },
];
