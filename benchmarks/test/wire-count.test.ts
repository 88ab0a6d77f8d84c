import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { once } from 'node:events';

import { afterEach, describe, expect, it } from 'vitest';

import { countWire, type WireCounter } from '../src/compare/wire-count.js';

let server: Server | undefined;
let counter: WireCounter | undefined;
afterEach(async () => {
  await counter?.close();
  server?.closeAllConnections();
  server?.close();
});

async function start(): Promise<WireCounter> {
  server = createServer({ keepAlive: false }, (req, res) => {
    req.resume().on('end', () => res.writeHead(200, { 'Content-Length': 5 }).end('hello'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  counter = await countWire(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return counter;
}

describe('the counting pass-through', () => {
  it('counts every byte of both directions', async () => {
    const { url, counts } = await start();
    const request = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(request);
    let received = '';
    for await (const piece of socket.setEncoding('latin1')) received += String(piece);
    expect(received).toMatch(/hello$/);
    expect(counts()).toEqual({ upBytes: request.length, downBytes: received.length });
  });

  it('adds up connections, and leaves none behind', async () => {
    const { url, counts, close } = await start();
    await (await fetch(url)).text();
    const one = counts();
    await (await fetch(url)).text();
    expect(counts().downBytes).toBe(2 * one.downBytes);
    await close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await expect.poll(() => new Promise((resolve) => server?.getConnections((_, count) => resolve(count)))).toBe(0);
  });

  it('a server that is gone breaks the connection and nothing else', async () => {
    const { url } = await start();
    server?.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
