import { afterEach, expect, test } from 'vitest';
import { TokenwireError } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { WebSocket } from 'ws';
import { ID, SHORT } from '../../client-kit/test/support/answer.js';
import { QUICK, drain } from '../../client-kit/test/support/read.js';
import { type StreamOptions, streamWebSocket } from '../src/index.js';
import { type SocketServer, accept, honest, say, socketServer } from './support/server.js';

const servers: SocketServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

/** A server that cuts the first socket after two events; gives the addresses of the handshakes, too. */
async function serve(): Promise<SocketServer & { addresses: string[] }> {
  const addresses: string[] = [];
  const server = await socketServer((message, socket, n) => {
    if (n > 1 || message.type !== 'generate') return honest(SHORT)(message, socket, n);
    accept(message, socket);
    for (const event of SHORT.slice(0, 2)) say(socket, { ref: message.ref, event });
    socket.close(1012);
  });
  server.http.on('upgrade', ({ url }) => addresses.push(url ?? ''));
  servers.push(server);
  return { ...server, addresses };
}

const open = (server: SocketServer, options: Partial<StreamOptions>) =>
  streamWebSocket({ url: `${server.url}/?tenant=1`, request: { prompt: 'x' }, WebSocket, ...QUICK, ...options });

test('each handshake has a ticket of its own, for the generation as soon as it is known', async () => {
  const server = await serve();
  const ids: unknown[] = [];
  const ticket = async (id: string | undefined): Promise<string> => `t ${ids.push(id)}`;
  expect(await drain(open(server, { ticket }))).toEqual({ events: SHORT, error: undefined });
  expect(server.addresses).toEqual(['/generations?tenant=1&ticket=t+1', '/generations?tenant=1&ticket=t+2']);
  expect(ids).toEqual([undefined, ID]);
});

test('a refusal is thrown at once, with the text so far', async () => {
  const server = await serve();
  let count = 0;
  const ticket = async (): Promise<string> => {
    if ((count += 1) === 2) throw new TokenwireError('unauthenticated', 'Logged out.');
    return 't';
  };
  const { error } = await drain(open(server, { ticket }));
  expect(error).toMatchObject({ code: 'unauthenticated', partialText: 'one ' });
  expect(server.addresses).toHaveLength(1);
});

test('anything else that it throws counts as a lost connection', async () => {
  const server = await serve();
  let count = 0;
  const ticket = async (): Promise<string> => {
    if ((count += 1) === 1) throw new TypeError('fetch failed');
    return 't';
  };
  expect((await drain(open(server, { ticket }))).events).toEqual(SHORT);
});

test('a ticket that comes after the reader has left opens nothing', async () => {
  const server = await serve();
  let give: (ticket: string) => void = () => undefined;
  const ticket = (): Promise<string> => new Promise((resolve) => (give = resolve));
  const clock = new VirtualClock();
  const stream = open(server, { ticket, clock });
  const done = drain(stream);
  await clock.advance(10);
  stream.detach();
  expect((await done).error).toMatchObject({ code: 'aborted' });
  give('late');
  await clock.advance(0);
  expect([server.addresses, clock.pending]).toEqual([[], 0]);
});
