import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CutProxy, eventually } from '../src/index.js';

const HELLO = 'hello from the server\n';

describe('the cut proxy', () => {
  let server: Server;
  let proxy: CutProxy;
  const received: string[] = [];

  beforeEach(async () => {
    received.length = 0;
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => received.push(chunk.toString()));
      socket.write(HELLO);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await CutProxy.before(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  afterEach(async () => {
    await proxy.close();
    server.close();
  });

  interface Client {
    readonly socket: Socket;
    text: string;
    ended: boolean;
    error: NodeJS.ErrnoException | undefined;
  }

  function client(): Client {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    const state: Client = { socket, text: '', ended: false, error: undefined };
    socket.on('data', (chunk) => (state.text += chunk.toString()));
    socket.on('end', () => (state.ended = true));
    socket.on('error', (error) => (state.error = error));
    return state;
  }

  it('passes bytes on in both directions', async () => {
    const one = client();
    one.socket.write('hello from the client');
    await eventually('both have heard', () => one.text === HELLO && received.join('') === 'hello from the client');
    expect(proxy.connections).toBe(1);
    one.socket.end();
  });

  it('resets all connections on command, and accepts new ones', async () => {
    const [one, other] = [client(), client()];
    await eventually('both have heard', () => one.text === HELLO && other.text === HELLO);
    proxy.cutAll();
    await eventually('both are reset', () => one.error?.code === 'ECONNRESET' && other.error?.code === 'ECONNRESET');
    await eventually('none is left', () => proxy.connections === 0);
    const third = client();
    await eventually('the third has heard', () => third.text === HELLO);
    expect(proxy.accepted).toBe(3);
  });

  it('closes connections in good order when told so', async () => {
    const one = client();
    await eventually('it has heard', () => one.text === HELLO);
    proxy.cutAll('fin');
    await eventually('it has ended', () => one.ended);
    expect(one.error).toBeUndefined();
  });

  it('lets exactly so many bytes pass, once', async () => {
    proxy.cutAfterBytes(5, 'fin');
    const one = client();
    await eventually('it has ended', () => one.ended);
    expect(one.text).toBe(HELLO.slice(0, 5));
    const other = client();
    await eventually('the next hears everything', () => other.text === HELLO);
  });

  it('counts bytes over all connections, and from one cut to the next', async () => {
    proxy.cutAfterBytes(HELLO.length + 3, 'fin');
    proxy.cutAfterBytes(0, 'fin');
    const one = client();
    await eventually('the first has heard everything', () => one.text === HELLO);
    const other = client();
    await eventually('both have ended', () => one.ended && other.ended);
    expect(other.text).toBe(HELLO.slice(0, 3));
    const third = client();
    await eventually('the third ends without a byte', () => third.ended && third.text === '');
  });
});
