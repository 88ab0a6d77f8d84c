import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchTicket, type StreamOptions } from '@tokenwire/client-kit';
import { streamLadder } from '@tokenwire/client-ladder';
import { streamWebSocket } from '@tokenwire/client-websocket';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../scripts/servers.mjs';

const headers = { authorization: 'Bearer ada-token-0123456789' };
const folder = mkdtempSync(join(tmpdir(), 'tokenwire-'));
let server: Awaited<ReturnType<typeof startServer>>;
let options: Pick<StreamOptions, 'url' | 'request' | 'headers' | 'WebSocket'>;

beforeAll(async () => {
  const file = join(folder, 'users');
  writeFileSync(file, 'ada:ada-token-0123456789\n');
  server = await startServer('all', ['--port', '0', '--users', file]);
  const request = { prompt: 'x', model: 'sim', maxTokens: 40, cadence: 'fast', onDisconnect: 'continue' } as const;
  options = { url: server.url, request, headers, WebSocket };
});

afterAll(() => {
  server.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('on a server with users', () => {
  const given: (string | undefined)[] = [];
  const ticket = (generation: string | undefined): Promise<string> => {
    given.push(generation);
    return fetchTicket({ url: server.url, headers, generation });
  };

  test('a socket without a ticket is told that it has none', async () => {
    await expect(streamWebSocket(options).text()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('a socket with tickets reads, and comes back with another one', async () => {
    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    }
    const stream = streamWebSocket({ ...options, WebSocket: Watched, ticket, retry: { baseMs: 1 } });
    const seqs: number[] = [];
    for await (const { seq } of stream) {
      seqs.push(seq);
      if (seq === 3) sockets[0]?.terminate();
    }
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    expect([stream.status, stream.reconnects, given]).toEqual(['completed', 1, [undefined, stream.id]]);
  });

  test('the ladder reads over the socket with a ticket, and goes on to what takes headers without one', async () => {
    const up = streamLadder({ ...options, ticket });
    await up.text();
    expect([up.transport, up.steps]).toEqual(['websocket', []]);
    const down = streamLadder(options);
    await down.text();
    expect(down.steps).toMatchObject([{ to: 'sse', reason: 'refused' }]);
  });
});
