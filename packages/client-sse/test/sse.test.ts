import { expect, test } from 'vitest';
import { ID, SHORT } from '../../client-kit/test/support/answer.js';
import { QUICK, drain, elapsed } from '../../client-kit/test/support/read.js';
import { head, scripted } from '../../client-kit/test/support/server.js';
import { streamingSuite } from '../../client-kit/test/support/streaming-suite.js';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { streamSse } from '../src/index.js';

streamingSuite('sse', streamSse, ': \n\n');

const respond = (body: string) => async (): Promise<Response> =>
  new Response(body, { headers: { 'content-type': 'text/event-stream' } });

test('what the standard allows is understood: BOM, CR, several data lines, no space, comments, unknown fields', async () => {
  const [a, b, c, d, e] = SHORT.map((event) => JSON.stringify(event, null, 1));
  const lines = (json = ''): string =>
    json
      .split('\n')
      .map((line) => `data:${line}`)
      .join('\r\n');
  const body = [
    `\uFEFFid: ${ID}.1\ndata: ${JSON.stringify(SHORT[0])}\n\n`,
    `: flood\n`.repeat(10_000),
    `${lines(b)}\r\n\r\n`,
    `colour: red\rretry: soon\revent: other\rdata: not for us\r\r`,
    `event: message\n${lines(c)}\n\n${lines(d)}\n\n${lines(e)}\n\n`,
  ].join('');
  expect(a).toContain('\n');
  const { events, error } = await drain(streamSse({ url: 'http://host.test', request: {}, fetch: respond(body) }));
  expect([events, error]).toEqual([SHORT, undefined]);
});

test('the cursor goes back as Last-Event-ID', async () => {
  const server = await scripted((_, res) => void head(res, 'sse').end());
  await drain(streamSse({ url: server.url, after: `${ID}.3`, ...QUICK, retry: { maxAttempts: 1 } }));
  expect(server.seen[0]).toMatchObject({ url: `/generations/${ID}/events`, headers: { 'last-event-id': `${ID}.3` } });
  await server.close();
});

test.each([
  ['700', 700],
  ['1000000000000000000000', 60_000],
  ['-5', 0],
  ['1e3', 0],
])('`retry: %s` makes the next connection wait %s ms', async (retry, expected) => {
  const clock = new VirtualClock({ startMs: 0 });
  const bodies = [`retry: ${retry}\n\ndata: ${JSON.stringify(SHORT[0])}\n\n`];
  const rest = SHORT.slice(1).map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const fetch = async (): Promise<Response> => respond(bodies.shift() ?? rest.join(''))();
  const stream = streamSse({ url: 'http://host.test', request: {}, fetch, clock, random: () => 0 });
  const done = drain(stream);
  expect(await elapsed(clock, done)).toBe(expected);
  expect((await done).events).toEqual(SHORT);
});
