import { CLIENTS, eventually } from '@tokenwire/conformance';
import type { TokenStream } from '@tokenwire/client-kit';
import { MODES } from '@tokenwire/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import type { Backend } from '../../src/host/backend.js';
import { Backends } from '../../src/host/backends.js';
import type { ControlNews } from '../../src/control-protocol.js';
import { startPlayground, type Playground } from '../../src/index.js';
import { Page } from './support.js';

const REQUEST = {
  model: 'sim',
  prompt: 'x',
  maxTokens: 300,
  seed: 3,
  cadence: { ttftMs: 0, tokensPerSecond: 100, jitter: 0 },
} as const;

let playground: Playground;
let page: Page;

beforeAll(async () => {
  playground = await startPlayground({ backendArgs: ['--next-poll-ms', '100'] });
  page = await Page.open(playground.url);
});
afterAll(async () => {
  page.close();
  await playground.close();
});

const snapshotOf = async (id = ''): Promise<{ status: number; text?: string }> => {
  const response = await fetch(`${playground.url}/generations/${id}`);
  return { ...((await response.json()) as { text?: string }), status: response.status };
};
const happened = (news: readonly ControlNews[]): string[] =>
  news.flatMap((one) => (one.type === 'server' ? [one.what] : []));

test('a restart in mid-answer changes no answer of any mode, and new answers come from the new server', async () => {
  const lanes = await Promise.all(MODES.map((mode) => page.lane(playground.url, `restart-${mode}`)));
  const streams = MODES.map((mode, index) => CLIENTS[mode]({ url: lanes[index] ?? '', request: REQUEST }));
  const texts = streams.map((stream) => stream.text());
  const stall = (id: string, ms: number) => page.order({ type: 'upstream', id, fault: { kind: 'stall', ms } });
  const hold = async (stream: TokenStream): Promise<void> => {
    await eventually('an answer under way', () => stream.textSoFar.length > 20);
    // So that no answer ends before the restart, however long that takes.
    await stall(stream.id ?? '', 60_000);
  };
  await Promise.all(streams.map(hold));
  await page.order({ type: 'restart' });
  for (const { id } of streams) await stall(id ?? '', 1);
  const expected = await CLIENTS.sse({
    url: playground.url,
    request: { ...REQUEST, cadence: 'instant' },
  }).text();
  for (const [index, text] of texts.entries()) {
    expect(await text).toBe(expected);
    const { status, reconnects, id } = streams[index]!;
    expect(status).toBe('completed');
    if (MODES[index] !== 'short-poll') expect(reconnects).toBeGreaterThan(0);
    // Also without the lane: by what the page proves that nothing was lost.
    expect(await snapshotOf(id)).toMatchObject({ text: expected });
  }
  expect(happened(page.news)).toEqual(['draining', 'restarted']);

  const after = await page.lane(playground.url, 'after-restart');
  const next = CLIENTS.sse({ url: after, request: { ...REQUEST, cadence: 'instant' } });
  expect(await next.text()).toBe(expected);
  const old = streams[0]?.id ?? '';
  expect(next.id?.slice(0, 8)).not.toBe(old.slice(0, 8));

  // A reader that comes late, in a lane of its own, still finds the old answer where it is.
  const late = await page.lane(playground.url, 'late');
  expect(await CLIENTS.chunked({ url: late, after: `${old}.0` }).text()).toBe(expected);

  // Nobody has a lane to the old server any more: it ends, and its answers with it.
  for (const mode of MODES) await page.order({ type: 'close-lane', lane: `restart-${mode}` });
  await page.order({ type: 'close-lane', lane: 'late' });
  await eventually('the old server has ended', () => happened(page.news).includes('gone'));
  expect((await snapshotOf(old)).status).toBe(404);
  expect(await snapshotOf(next.id)).toMatchObject({ text: expected });
});

test('one restart at a time', async () => {
  const first = page.ask({ type: 'restart' });
  const second = await page.ask({ type: 'restart' });
  expect(second).toMatchObject({ error: { code: 'overloaded' } });
  expect(await first).toMatchObject({ ok: true });
});

let backends: Backends | undefined;
afterEach(() => backends?.close());

test('a server that dies is replaced, and everybody is told; closing leaves no process', async () => {
  const said: ControlNews[] = [];
  const dead: Backend[] = [];
  backends = await Backends.start({
    news: (news) => said.push(news),
    cut: () => {},
    isUsed: () => false,
    gone: (backend) => dead.push(backend),
  });
  const first = backends.current;
  process.kill(first.pid, 'SIGKILL');
  const second = await eventually('another server', () => backends?.current !== first && backends?.current);
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
  expect(happened(said)).toEqual(['gone', 'restarted']);
  expect(dead).toEqual([first]);
  await backends.close();
  await second.exited;
  expect(() => process.kill(second.pid, 0)).toThrow('ESRCH');
});
