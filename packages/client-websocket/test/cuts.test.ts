import { WebSocket } from 'ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANSWER } from '../../client-kit/test/support/answer.js';
import { QUICK, cutEverywhere, drain } from '../../client-kit/test/support/read.js';
import { proxy } from '../../client-kit/test/support/server.js';
import { streamWebSocket } from '../src/index.js';
import { type SocketServer, honest, socketServer } from './support/server.js';

let server: SocketServer;
beforeAll(async () => void (server = await socketServer(honest(ANSWER))));
afterAll(() => server.close());

test(
  'a cut after any byte of a hostile answer changes nothing that the application gets',
  { timeout: 300_000 },
  async () => {
    const check = ({ events, error }: { events: unknown; error: unknown }, cutAfter: number): void => {
      expect(error, `cut after ${cutAfter}`).toBeUndefined();
      expect(events, `cut after ${cutAfter}`).toEqual(ANSWER);
    };
    expect(await cutEverywhere(streamWebSocket, server, check, { WebSocket })).toBeGreaterThan(1000);
  },
);

test('the answer arrives byte by byte as it arrives in one piece', async () => {
  const slicer = await proxy(server.url, { segment: 1 });
  const { events } = await drain(streamWebSocket({ url: slicer.url, request: { prompt: 'x' }, WebSocket, ...QUICK }));
  expect(events).toEqual(ANSWER);
  await slicer.close();
});
