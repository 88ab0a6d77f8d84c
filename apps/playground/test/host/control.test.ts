import { once } from 'node:events';

import { eventually } from '@tokenwire/conformance';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { CONTROL_PATH, CONTROL_PROTOCOL } from '../../src/control-protocol.js';
import { startPlayground, type Playground } from '../../src/index.js';
import { Page } from './support.js';

let playground: Playground;
let page: Page;

beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.close());
beforeEach(async () => {
  page = await Page.open(playground.url);
});
afterEach(() => page.close());

/** Sends any text and gives what is answered. */
async function say(text: string): Promise<unknown> {
  page.socket.send(text);
  const [data] = (await once(page.socket, 'message')) as [Buffer];
  return JSON.parse(data.toString());
}

const BAD: readonly (readonly [unknown, number])[] = [
  [{ type: 'nonsense', ref: 1 }, 1],
  [{ type: 'toString', ref: 1 }, 1],
  [{ type: 'clock' }, -1],
  [{ type: 'clock', ref: 1.5 }, -1],
  [{ type: 'clock', ref: -2 }, -2],
  [{ type: 'clock', ref: 1, more: 1 }, 1],
  [{ type: 'open-lane', ref: 1 }, 1],
  [{ type: 'open-lane', ref: 1, lane: 'a b' }, 1],
  [{ type: 'open-lane', ref: 1, lane: 'a'.repeat(41) }, 1],
  [{ type: 'open-lane', ref: 1, lane: ['a'] }, 1],
  [{ type: 'cut', ref: 1, lane: 'a', how: 'softly' }, 1],
  [{ type: 'tap', ref: 1, lane: 'a', on: 1 }, 1],
  [{ type: 'conditions', ref: 1, lane: 'a', conditions: null }, 1],
  [{ type: 'conditions', ref: 1, lane: 'a', conditions: { sideways: {} } }, 1],
  [{ type: 'conditions', ref: 1, lane: 'a', conditions: { down: { latencyMs: -1 } } }, 1],
  [{ type: 'conditions', ref: 1, lane: 'a', conditions: { down: { bytesPerSecond: 0 } } }, 1],
  [{ type: 'conditions', ref: 1, lane: 'a', conditions: { down: { blackhole: true } } }, 1],
  [{ type: 'conditions', ref: 1, lane: 'a', conditions: { up: { coalesceBytes: 1e9 } } }, 1],
  [{ type: 'upstream', ref: 1, id: 'x', fault: { kind: 'stall' } }, 1],
  [{ type: 'upstream', ref: 1, id: 'x', fault: { kind: 'error', ms: 1 } }, 1],
  [{ type: 'timing', ref: 1, id: 'x', after: -1 }, 1],
  [[], -1],
  [null, -1],
  [7, -1],
];

test.each(BAD)('%j is refused, by its ref where it has one', async (message, ref) => {
  expect(await say(JSON.stringify(message))).toEqual({
    ref,
    error: { code: 'invalid_request', message: expect.any(String) },
  });
});

test.each(['{', '', '{"type":"clock","ref":1,"ref":2}', '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[', '{"__proto__":1}'])(
  'what is no good JSON is refused: %s',
  async (text) => {
    expect(await say(text)).toMatchObject({
      ref: -1,
      error: { code: expect.stringMatching(/^invalid_|^unknown_field$/) },
    });
  },
);

test('who says ten times what nobody understands is closed', async () => {
  const closed = once(page.socket, 'close');
  for (let index = 0; index < 10; index += 1) page.socket.send('nonsense');
  expect((await closed)[0]).toBe(4500);
});

test('a message that is too long, and one that is no text, close the socket', async () => {
  const closed = once(page.socket, 'close');
  page.socket.send('x'.repeat(20_000));
  expect((await closed)[0]).toBe(1009);
  const other = await Page.open(playground.url);
  const alsoClosed = once(other.socket, 'close');
  other.socket.send(Buffer.from([1]));
  expect((await alsoClosed)[0]).toBe(1003);
});

test('what does not exist is said to, and is no mistake that closes', async () => {
  for (let index = 0; index < 12; index += 1) {
    expect(await page.ask({ type: 'cut', lane: 'none', how: 'fin' })).toMatchObject({ error: { code: 'not_found' } });
    const fault = { kind: 'error' } as const;
    expect(await page.ask({ type: 'upstream', id: '../../x', fault })).toMatchObject({ error: { code: 'not_found' } });
    expect(await page.ask({ type: 'timing', id: 'x', after: 0 })).toMatchObject({ error: { code: 'not_found' } });
  }
});

test('a page has at most 64 lanes', async () => {
  const asked = Array.from({ length: 60 }, (_, index) => page.ask({ type: 'open-lane', lane: `many-${index}` }));
  expect((await Promise.all(asked)).every((reply) => 'ok' in reply)).toBe(true);
  for (const index of [60, 61, 62, 63]) await page.order({ type: 'open-lane', lane: `many-${index}` });
  expect(await page.ask({ type: 'open-lane', lane: 'many-64' })).toMatchObject({ error: { code: 'rate_limited' } });
  await page.order({ type: 'close-lane', lane: 'many-0' });
  await page.order({ type: 'open-lane', lane: 'many-64' });
});

/** What a handshake is answered with: the status, or that it succeeded. */
async function handshake(headers: Record<string, string>, path = CONTROL_PATH, protocol = CONTROL_PROTOCOL) {
  const socket = new WebSocket(playground.url.replace('http', 'ws') + path, protocol, { headers });
  const refused = once(socket, 'unexpected-response').then(
    ([, response]) => (response as { statusCode: number }).statusCode,
  );
  socket.on('error', () => {});
  const result = await Promise.race([refused, once(socket, 'open').then(() => 'open')]);
  socket.terminate();
  return result;
}

test('only pages of loopback may open the control socket, and only by its names', async () => {
  for (const origin of ['http://localhost:4000', 'http://127.0.0.1:5173', 'http://[::1]:1']) {
    expect(await handshake({ Origin: origin })).toBe('open');
  }
  for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'file://']) {
    expect(await handshake({ Origin: origin })).toBe(403);
  }
  expect(await handshake({ Host: 'evil.example' })).toBe(403);
  expect(await handshake({}, '/playground/other')).toBe(404);
  expect(await handshake({}, CONTROL_PATH, 'other')).toBe(400);
});

test('at most 32 pages are served, and a page that leaves makes room', async () => {
  const pages = await Promise.all(Array.from({ length: 31 }, () => Page.open(playground.url)));
  expect(await handshake({})).toBe(503);
  pages[0]?.close();
  await eventually('room for another', async () => (await handshake({})) === 'open');
  for (const one of pages) one.close();
});
