import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANSWER } from '../../client-kit/test/support/answer.js';
import { type Outcome, QUICK, cutEverywhere, drain } from '../../client-kit/test/support/read.js';
import { type ScriptedServer, honest, proxy, scripted } from '../../client-kit/test/support/server.js';
import { streamLongPoll, streamShortPoll } from '../src/index.js';

let server: ScriptedServer;
beforeAll(async () => void (server = await scripted(honest('polling', ANSWER, 6))));
afterAll(() => server.close());

const identical = ({ events, error }: Outcome, cutAfter: number): void => {
  expect(error, `cut after ${cutAfter}`).toBeUndefined();
  expect(events, `cut after ${cutAfter}`).toEqual(ANSWER);
};

test(
  'a cut after any byte of a hostile answer changes nothing that the application gets',
  { timeout: 300_000 },
  async () => {
    expect(await cutEverywhere(streamLongPoll, server, identical)).toBeGreaterThan(1000);
  },
);

test(
  'nor does it with short polling, which asks with another `wait` and is otherwise the same',
  { timeout: 300_000 },
  async () => {
    expect(await cutEverywhere(streamShortPoll, server, identical, {}, 7)).toBeGreaterThan(1000);
  },
);

test('the answer arrives byte by byte as it arrives in one piece', async () => {
  const slicer = await proxy(server.url, { segment: 1 });
  const { events } = await drain(streamLongPoll({ url: slicer.url, request: { prompt: 'x' }, ...QUICK }));
  expect(events).toEqual(ANSWER);
  await slicer.close();
});
