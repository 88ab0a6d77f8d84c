import { afterEach, expect, test } from 'vitest';

import { startRig } from './support.js';

let rig: Awaited<ReturnType<typeof startRig>>;
afterEach(() => rig.close());

const generate = { type: 'generate', ref: 1, request: { prompt: 'x' } };

test.each([
  [{ type: 'pong', x: 1 }, 'unknown_field'],
  [{ type: 'stop', id: 'gen_0123456789012345678901', ref: 1 }, 'unknown_field'],
  [{ type: 'attach', ref: 2, after: 'x', wait: 1 }, 'unknown_field'],
  [{ ...generate, prompt: 'x' }, 'unknown_field'],
  [{ type: 'toString' }, 'invalid_request'],
  [{ type: 'authenticate' }, 'invalid_request'],
  [{ type: 'stop' }, 'invalid_request'],
  [{ type: 'attach', ref: 2 }, 'invalid_cursor'],
  [{ type: 'detach', ref: 1.5 }, 'invalid_request'],
])('%j is refused', async (message, code) => {
  rig = await startRig();
  const client = await rig.open().ready();
  client.say(message);
  expect((await client.error()).error?.code).toBe(code);
});

test('an error about a ref in use does not look like the end of what that ref reads', async () => {
  rig = await startRig();
  const client = await rig.open().ready();
  client.say(generate);
  await client.hear(({ event }) => event !== undefined);
  for (const message of [generate, { ...generate, x: 1 }, { type: 'attach', ref: 1, after: 'x' }]) {
    client.heard.length = 0;
    client.say(message);
    const { ref, refInUse } = await client.error();
    expect([ref, refInUse]).toEqual([undefined, 1]);
  }
  client.heard.length = 0;
  client.say({ type: 'generate', ref: 2, request: {} });
  expect(await client.error()).toMatchObject({ ref: 2, error: { code: 'invalid_request' } });
});

test('each error has an id that finds one line of the log', async () => {
  rig = await startRig();
  const client = await rig.open().ready();
  client.say({ type: 'generate', ref: 7, request: { prompt: 'my secret', x: 1 } });
  const { error } = await client.error();
  const lines = rig.logged.filter(({ requestId }) => requestId === error?.requestId);
  expect(lines).toMatchObject([{ code: 'unknown_field', ref: 7 }]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});
