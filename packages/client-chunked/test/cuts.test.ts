import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANSWER } from '../../client-kit/test/support/answer.js';
import { QUICK, cutEverywhere, drain } from '../../client-kit/test/support/read.js';
import { type ScriptedServer, honest, proxy, scripted } from '../../client-kit/test/support/server.js';
import { streamChunked } from '../src/index.js';

let server: ScriptedServer;
beforeAll(async () => void (server = await scripted(honest('chunked', ANSWER))));
afterAll(() => server.close());

test(
  'a cut after any byte of a hostile answer changes nothing that the application gets',
  { timeout: 300_000 },
  async () => {
    const cuts = await cutEverywhere(streamChunked, server, ({ events, error }, cutAfter) => {
      expect(error, `cut after ${cutAfter}`).toBeUndefined();
      expect(events, `cut after ${cutAfter}`).toEqual(ANSWER);
    });
    expect(cuts).toBeGreaterThan(1000);
  },
);

test('the answer arrives byte by byte as it arrives in one piece', async () => {
  const slicer = await proxy(server.url, { segment: 1 });
  const { events } = await drain(streamChunked({ url: slicer.url, request: { prompt: 'x' }, ...QUICK }));
  expect(events).toEqual(ANSWER);
  await slicer.close();
});
