import { afterEach, expect, test, vi } from 'vitest';

import { GUARDED, OTHER_TOKEN, PATIENCE, startRig, TOKEN } from './support.js';

let rig: Awaited<ReturnType<typeof startRig>>;
afterEach(() => rig.close());

const REQUEST = { prompt: 'x' };
const generate = { type: 'generate', ref: 1, request: REQUEST };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a header, a first message with a token, a ticket in the address, a first message with a ticket: all open', async () => {
  rig = await startRig(GUARDED);
  const { open, tickets, generations } = rig;
  const first = (credential: object) => [{ type: 'authenticate', ...credential }, generate];
  const ways = [
    [open('', bearer(TOKEN)), [generate]],
    [open(), first({ token: TOKEN })],
    [open(`?ticket=${tickets.issue({ owner: 'ada' })}`), [generate]],
    [open(), first({ ticket: tickets.issue({ owner: 'ada' }) })],
  ] as const;
  for (const [client, messages] of ways) {
    await client.ready();
    // Both at once: what follows the credential must not be lost.
    for (const message of messages) client.say(message);
    const { generation } = await client.hear(({ generation }) => generation !== undefined);
    expect(generations.get(String(generation), 'ada').owner).toBe('ada');
  }
  expect(tickets.size).toBe(0);
});

test('a socket that says nothing is closed with 4501 after 5 s, and leaves no timer', async () => {
  rig = await startRig(GUARDED);
  const client = await rig.open().ready();
  await vi.waitUntil(() => rig.clock.pending === 1, PATIENCE);
  await rig.clock.advance(4_999);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  await rig.clock.advance(1);
  expect(await client.closed).toEqual({ code: 4501, reason: 'unauthenticated' });
  expect(rig.clock.pending).toBe(0);
});

test('a socket that leaves before it has said anything leaves no timer', async () => {
  rig = await startRig(GUARDED);
  const client = await rig.open().ready();
  await vi.waitUntil(() => rig.clock.pending === 1, PATIENCE);
  client.socket.terminate();
  await vi.waitUntil(() => rig.clock.pending === 0, PATIENCE);
});

test.each([
  ['a wrong token', { type: 'authenticate', token: 'wrong-token-0123456789' }, 4501],
  ['a wrong ticket', { type: 'authenticate', ticket: 'wrong' }, 4501],
  ['another message', generate, 4501],
  ['both credentials', { type: 'authenticate', token: TOKEN, ticket: 'x' }, 4500],
  ['an unknown field', { type: 'authenticate', token: TOKEN, name: 'ada' }, 4500],
])('%s as the first message closes at once, and starts nothing', async (_, message, code) => {
  rig = await startRig(GUARDED);
  const client = await rig.open().ready();
  client.say(message);
  client.say(generate);
  expect((await client.closed).code).toBe(code);
  expect([client.heard, rig.generations.stats().kept]).toEqual([[], 0]);
  expect(JSON.stringify(rig.logged)).not.toContain('wrong');
});

test('a wrong ticket in the address is told with 4501, where a browser can see it; a wrong header with 401', async () => {
  rig = await startRig(GUARDED);
  const used = rig.tickets.issue({ owner: 'ada' });
  await rig.open(`?ticket=${used}`).ready();
  for (const ticket of [used, 'wrong', '']) expect((await rig.open(`?ticket=${ticket}`).closed).code).toBe(4501);
  expect(await rig.open('', bearer('wrong-token-0123456789')).refused).toBe(401);
});

test('an expired ticket opens nothing', async () => {
  rig = await startRig(GUARDED);
  const ticket = rig.tickets.issue({ owner: 'ada' });
  await rig.clock.advance(60_000);
  expect((await rig.open(`?ticket=${ticket}`).closed).code).toBe(4501);
});

test('a ticket of one generation reads and stops it, and closes with 4503 where it is used for more', async () => {
  rig = await startRig(GUARDED);
  const mine = rig.generations.start({ ...base, model: 'x' }, { owner: 'ada' });
  const other = rig.generations.start({ ...base, model: 'x' }, { owner: 'ada' });
  const open = () => rig.open(`?ticket=${rig.tickets.issue({ owner: 'ada', generation: mine.id })}`).ready();
  for (const message of [
    generate,
    { type: 'attach', ref: 1, after: `${other.id}.0` },
    { type: 'stop', id: other.id },
  ]) {
    const client = await open();
    client.say(message);
    expect(await client.closed).toEqual({ code: 4503, reason: 'forbidden' });
  }
  expect(other.status).toBe('running');
  const client = await open();
  client.say({ type: 'attach', ref: 1, after: `${mine.id}.0` });
  await client.hear(({ event }) => event !== undefined);
  client.say({ type: 'stop', id: mine.id });
  await client.hear(({ stopped }) => stopped === mine.id);
});

test('another user’s generation does not exist', async () => {
  rig = await startRig(GUARDED);
  const { id } = rig.generations.start({ ...base, model: 'x' }, { owner: 'ada' });
  const client = await rig.open('', bearer(OTHER_TOKEN)).ready();
  const unknown = 'gen_0123456789012345678901';
  for (const one of [id, unknown]) {
    client.say({ type: 'attach', ref: one === id ? 1 : 2, after: `${one}.0` });
    client.say({ type: 'stop', id: one });
  }
  await vi.waitUntil(() => client.heard.length === 4, PATIENCE);
  const told = client.heard.map(({ error }) => JSON.stringify(error).replace(/"requestId":"[^"]+"/, ''));
  expect(new Set(told).size).toBe(1);
  expect(told[0]).toContain('not_found');
});

test('where everybody is let in, a credential is superfluous; where not, a second one is refused', async () => {
  rig = await startRig();
  const open = await rig.open().ready();
  open.say({ type: 'authenticate', token: TOKEN });
  open.say(generate);
  await open.hear(({ event }) => event !== undefined);
  await rig.close();
  rig = await startRig(GUARDED);
  const guarded = await rig.open('', bearer(TOKEN)).ready();
  guarded.say({ type: 'authenticate', token: OTHER_TOKEN });
  expect((await guarded.error()).error?.code).toBe('conflict');
});

const base = {
  messages: [{ role: 'user', content: 'x' }],
  maxTokens: 1,
  temperature: 0,
  tools: [],
  thinking: false,
  onDisconnect: 'continue',
} as const;
