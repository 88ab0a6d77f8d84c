import { CLIENTS, eventually, within } from '@tokenwire/conformance';
import { MODES, type Mode } from '@tokenwire/protocol';
import { simPieces } from '@tokenwire/token-source';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { startPlayground, type Playground } from '../../src/index.js';
import { dial, Page, type End } from './support.js';

let playground: Playground;
let page: Page;
let names = 0;
const name = (what: string): string => `${what}-${names++}`;

beforeAll(async () => {
  playground = await startPlayground({ backendArgs: ['--next-poll-ms', '100'] });
});
afterAll(() => playground.close());
beforeEach(async () => {
  page = await Page.open(playground.url);
});
afterEach(() => page.close());

const HOSTILE = {
  model: 'sim/hostile',
  prompt: 'x',
  maxTokens: 256,
  cadence: { ttftMs: 0, tokensPerSecond: 400, jitter: 0, burst: 3 },
} as const;
const hostileText = [...simPieces('sim/hostile', { messages: [], maxTokens: 256, seed: 0 } as never)]
  .map((piece) => (piece.type === 'text' ? piece.text : ''))
  .join('');
const ENDLESS = {
  model: 'sim',
  prompt: 'x',
  maxTokens: 5_000,
  seed: 7,
  cadence: { ttftMs: 0, tokensPerSecond: 100, jitter: 0 },
} as const;
/** Long enough that something can happen to it, short enough to wait for its end. */
const PACED = { ...ENDLESS, maxTokens: 120 } as const;

/** Starts an answer in a lane with bare bytes, and waits for its first event. */
async function listen(lane: string, request: object = ENDLESS): Promise<End> {
  const body = JSON.stringify(request);
  const end = dial(playground.url);
  end.socket.write(
    `POST /generations?lane=${lane} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await end.hears('content_block_delta');
  return end;
}

/** The text of the same request, which depends on its seed and not on its pace, without a lane. */
async function plainText(request: typeof PACED): Promise<string> {
  return await CLIENTS.sse({ url: playground.url, request: { ...request, cadence: 'instant' } }).text();
}

test.each(MODES)('%s: the hostile answer arrives unharmed, with a lane and without', async (mode) => {
  const lane = await page.lane(playground.url, name(mode), { tap: true });
  for (const url of [lane, playground.url]) {
    expect(await CLIENTS[mode]({ url, request: HOSTILE }).text()).toBe(hostileText);
  }
});

test('what the tap shows is what the browser’s socket carried, byte by byte', async () => {
  const lane = name('tap');
  await page.lane(playground.url, lane, { tap: true });
  const end = await listen(lane, HOSTILE);
  await end.hears('message_stop');
  await eventually('the tap has it all', () => page.tapped(lane, 'down').length === end.bytes.length);
  expect(page.tapped(lane, 'down').equals(end.bytes)).toBe(true);
  expect(page.tapped(lane, 'up').toString()).toMatch(
    /^POST \/generations\?lane=tap-\d+ HTTP\/1\.1\r\nHost: [^]*"burst":3\}\}$/,
  );
  end.socket.destroy();
  await eventually('the end', () => page.pieces.some((piece) => piece.lane === lane && piece.end === 'fin'));
});

test('a tap that is off is silent, and counts nevertheless', async () => {
  const lane = name('counters');
  await page.lane(playground.url, lane);
  const end = await listen(lane, HOSTILE);
  await end.hears('message_stop');
  await eventually('the counters', () => page.counters[lane]?.bytesDown === end.bytes.length);
  expect(page.counters[lane]).toMatchObject({ open: 1, connections: 1, requests: 1 });
  expect(page.counters[lane]?.bytesUp).toBe(end.socket.bytesWritten);
  end.socket.destroy();
  await eventually('the end is counted', () => page.counters[lane]?.open === 0);
  expect(page.pieces).toEqual([]);
});

test('counters are told at most ten times a second', async () => {
  const lane = name('often');
  const end = await page.lane(playground.url, lane).then(() => listen(lane));
  await eventually('some of them', () => page.news.filter(({ type }) => type === 'lanes').length > 6);
  const times = page.news.flatMap((news) => (news.type === 'lanes' ? [news.atMs] : []));
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(95);
  end.socket.destroy();
});

test.each([
  ['fin', 'fin'],
  ['rst', 'ECONNRESET'],
] as const)('a cut with %s is seen as it is by the browser, and told to the page', async (how, seen) => {
  const lane = name(how);
  await page.lane(playground.url, lane, { tap: true });
  const end = await listen(lane, { ...ENDLESS, cadence: { ttftMs: 0, tokensPerSecond: 5, jitter: 0 } });
  await page.order({ type: 'cut', lane, how });
  expect(await end.ends()).toBe(seen);
  expect(end.text).not.toContain('message_stop');
  await eventually('the tap’s end', () => page.pieces.find((piece) => piece.lane === lane && piece.end === how));
  expect(page.news).toContainEqual({ type: 'line', lane, atMs: expect.any(Number), what: 'cut', how });
});

test('after a blackhole nothing comes, and nothing ends', async () => {
  const lane = name('dark');
  await page.lane(playground.url, lane);
  const end = await listen(lane);
  await page.order({ type: 'cut', lane, how: 'blackhole' });
  // New connections of the lane are alive, and show that time passes.
  const other = await listen(lane);
  const before = end.bytes.length;
  await eventually('fifty more tokens there', () => other.text.split('content_block_delta').length > 50);
  expect(end.bytes.length).toBe(before);
  expect(end.ended).toBeUndefined();
  await page.order({ type: 'close-lane', lane });
  await end.ends();
});

test.each(MODES)('%s: an answer whose connections are cut again and again is whole', async (mode) => {
  const lane = name(`cuts-${mode}`);
  const url = await page.lane(playground.url, lane);
  const stream = CLIENTS[mode]({ url, request: PACED });
  for await (const { seq } of stream) {
    if (seq % 40 === 5) await page.order({ type: 'cut', lane, how: seq % 80 === 5 ? 'rst' : 'fin' });
  }
  expect(stream.textSoFar).toBe(await plainText(PACED));
});

test('conditions of a lane are those of its open connections, and of no other lane', async () => {
  const [slow, fast] = [name('slow'), name('fast')];
  for (const lane of [slow, fast]) await page.lane(playground.url, lane);
  const [held, free] = [await listen(slow), await listen(fast)];
  await page.order({ type: 'conditions', lane: slow, conditions: { down: { coalesceBytes: 1_000_000 } } });
  const before = held.bytes.length;
  const tokens = (end: End): number => end.text.split('content_block_delta').length;
  const [from, heldFrom] = [tokens(free), tokens(held)];
  await eventually('fifty more tokens there', () => tokens(free) > from + 50);
  // What was on its way when the conditions changed may have come.
  expect(held.bytes.length - before).toBeLessThan(2_000);
  await page.order({ type: 'conditions', lane: slow, conditions: {} });
  await eventually('they come at once', () => tokens(held) > heldFrom + 45);
  for (const { socket } of [held, free]) socket.destroy();
});

test('a stalled model is silent, and then goes on where it was', async () => {
  const stream = CLIENTS.sse({ url: await page.lane(playground.url, name('stall')), request: PACED });
  const times: number[] = [];
  for await (const { seq } of stream) {
    times.push(performance.now());
    if (seq === 10) await page.order({ type: 'upstream', id: stream.id ?? '', fault: { kind: 'stall', ms: 700 } });
  }
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
  expect(Math.max(...gaps)).toBeGreaterThan(500);
  expect(stream.textSoFar).toBe(await plainText(PACED));
});

test.each(MODES)('%s: a model that fails in mid-answer ends it with an error event', async (mode) => {
  const stream = CLIENTS[mode]({ url: await page.lane(playground.url, name('error')), request: ENDLESS });
  const read = async (): Promise<void> => {
    for await (const { seq } of stream) {
      if (seq === 10) await page.order({ type: 'upstream', id: stream.id ?? '', fault: { kind: 'error' } });
    }
  };
  await expect(read()).rejects.toMatchObject({ code: 'upstream_error' });
  const again = await page.ask({ type: 'upstream', id: stream.id ?? '', fault: { kind: 'error' } });
  expect(again).toMatchObject({ error: { code: 'conflict' } });
});

test('the timing of an answer is told from any event on, on the host’s clock', async () => {
  const stream = CLIENTS.sse({ url: playground.url, request: { ...PACED, maxTokens: 20 } });
  await stream.text();
  const id = stream.id ?? '';
  const all = await page.order({ type: 'timing', id, after: 0 });
  const some = await page.order({ type: 'timing', id, after: 10 });
  const clock = await page.order({ type: 'clock' });
  if (!('events' in all && 'events' in some && 'nowMs' in clock)) throw new Error('another answer');
  expect(all.events.map(([seq]) => seq)).toEqual(all.events.map((_, index) => index + 1));
  expect(some.events.map(([seq]) => seq)).toEqual(all.events.map(([seq]) => seq).slice(10));
  const [, dueMs, appendedMs] = all.events.at(-3) ?? [0, 0, 0];
  expect(appendedMs).toBeGreaterThanOrEqual(dueMs ?? Infinity);
  expect(clock.nowMs - appendedMs).toBeGreaterThan(0);
  expect(clock.nowMs - appendedMs).toBeLessThan(60_000);
});

test('a lane that is not open is not found, in every form', async () => {
  const response = await fetch(`${playground.url}/generations?lane=nobody`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'not_found', retryable: false } });
  const upgrade = dial(playground.url);
  upgrade.socket.write(
    'GET /generations?lane=nobody HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await upgrade.hears('HTTP/1.1 404 Not Found');
  const lane = name('closed');
  await page.lane(playground.url, lane);
  await page.order({ type: 'close-lane', lane });
  expect((await fetch(`${playground.url}/healthz?lane=${lane}`)).status).toBe(404);
});

test('lanes end with the page that opened them', async () => {
  const lane = name('orphan');
  const other = await Page.open(playground.url);
  await other.lane(playground.url, lane);
  expect(await page.ask({ type: 'cut', lane, how: 'rst' })).toMatchObject({ error: { code: 'not_found' } });
  expect(await page.ask({ type: 'open-lane', lane })).toMatchObject({ error: { code: 'conflict' } });
  const end = await listen(lane);
  other.close();
  await end.ends();
  await eventually(
    'the lane is gone',
    async () => (await fetch(`${playground.url}/healthz?lane=${lane}`)).status === 404,
  );
});

test('one connection can carry several lanes in turn, and each counts its own', async () => {
  const [a, b] = [name('a'), name('b')];
  for (const lane of [a, b]) await page.lane(playground.url, lane, { tap: true });
  const end = dial(playground.url);
  const lanes = [a, b, a];
  for (const [index, lane] of lanes.entries()) {
    end.socket.write(`GET /healthz?lane=${lane} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await eventually('an answer', () => end.text.split('"status":"ok"').length === index + 2);
  }
  await eventually('all is told', () => page.counters[a]?.requests === 2 && page.counters[b]?.open === 0);
  expect(page.counters[a]).toMatchObject({ open: 1, connections: 1 });
  expect(page.counters[b]).toMatchObject({ open: 0, connections: 1, requests: 1 });
  await eventually(
    'all bytes',
    () => page.tapped(a, 'down').length + page.tapped(b, 'down').length === end.bytes.length,
  );
  expect(page.pieces.filter(({ end: how }) => how).map(({ lane, end: how }) => [lane, how])).toEqual([
    [a, 'other'],
    [b, 'other'],
  ]);
  end.socket.destroy();
});

test('a second tab reads the same answer in a lane of its own', async () => {
  const first = CLIENTS.websocket({ url: await page.lane(playground.url, name('first')), request: PACED });
  const whole = first.text();
  await eventually('its id', () => first.id);
  const second: Record<string, Promise<string>> = {};
  for (const mode of MODES satisfies readonly Mode[]) {
    const url = await page.lane(playground.url, name('second'));
    second[mode] = CLIENTS[mode]({ url, after: `${first.id}.0` }).text();
  }
  for (const text of Object.values(second)) expect(await text).toBe(await whole);
});

test('a reader that takes nothing delays neither the others nor the control socket', async () => {
  const lane = name('stuck');
  await page.lane(playground.url, lane, { tap: true });
  const end = dial(playground.url);
  end.socket.pause();
  const body = JSON.stringify({ model: 'sim/megabyte', prompt: 'x', maxTokens: 256, cadence: 'instant' });
  const head = `POST /generations?lane=${lane} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  for (let index = 0; index < 3; index += 1) end.socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  const text = within(20_000, 'the answer of another reader', plainText(PACED));
  await page.order({ type: 'clock' });
  expect((await text).length).toBeGreaterThan(100);
  end.socket.destroy();
});
