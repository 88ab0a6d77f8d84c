import { randomBytes } from 'node:crypto';

import { eventually } from '@tokenwire/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Destination } from '../../src/host/destination.js';
import { Front } from '../../src/host/front.js';
import { dial, Listener, type End } from './support.js';

/** Two servers behind a front: paths that begin with /b go to the second, everything else to the first. */
let first: Listener;
let second: Listener;
let front: Front;
let browser: End;

const requestOf = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

beforeEach(async () => {
  first = await new Listener().listen();
  second = await new Listener().listen();
  const [a, b]: Destination[] = [{ port: first.port }, { port: second.port }];
  front = await Front.listen(0, {
    find: (target) => (target.startsWith('/b') ? b! : a!),
    fallback: () => a!,
  });
  browser = dial(`http://127.0.0.1:${front.port}`);
});

afterEach(async () => {
  browser.socket.destroy();
  await front.close();
  first.close();
  second.close();
});

test('bytes pass unchanged in both directions, whatever they are', async () => {
  const [up, down] = [randomBytes(300_000), randomBytes(3_000_000)];
  const head = Buffer.from('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n');
  browser.socket.write(head);
  browser.socket.write(up);
  const server = await first.end(0);
  await eventually('all bytes', () => server.bytes.length === head.length + up.length);
  server.socket.write(down);
  await eventually('all bytes back', () => browser.bytes.length === down.length);
  expect(server.bytes.equals(Buffer.concat([head, up]))).toBe(true);
  expect(browser.bytes.equals(down)).toBe(true);
});

test('each request of a connection goes where its path says, and connections are used again', async () => {
  for (const [target, listener] of [
    ['/a1', first],
    ['/b1', second],
    ['/a2', first],
    ['/b2', second],
  ] as const) {
    browser.socket.write(requestOf(target));
    const server = await listener.end(0);
    await server.hears(target);
    server.socket.write(`answer ${target}.`);
    await browser.hears(`answer ${target}.`);
  }
  expect([first.ends.length, second.ends.length]).toEqual([1, 1]);
  expect(first.ends[0]?.text).toBe(requestOf('/a1') + requestOf('/a2'));
  expect(browser.text).toBe('answer /a1.answer /b1.answer /a2.answer /b2.');
});

test('requests that do not wait for an answer all go to one place', async () => {
  browser.socket.write(requestOf('/a1') + requestOf('/b1') + requestOf('/a2'));
  const server = await first.end(0);
  await server.hears('/a2');
  expect(server.text).toBe(requestOf('/a1') + requestOf('/b1') + requestOf('/a2'));
  expect(second.ends).toEqual([]);
});

test('a late answer from elsewhere is never mixed with the present one', async () => {
  browser.socket.write(requestOf('/a'));
  const [server, other] = [await first.end(0), second];
  server.socket.write('half an ');
  await browser.hears('half an ');
  browser.socket.write(requestOf('/b'));
  const present = await other.end(0);
  await present.hears('/b');
  server.socket.write('answer');
  expect(await browser.ends()).toBe('ECONNRESET');
  expect(browser.text).toBe('half an ');
  await present.ends();
});

test('a FIN is a FIN, in both directions', async () => {
  browser.socket.write(requestOf('/a'));
  const server = await first.end(0);
  await server.hears('/a');
  server.socket.end('the end');
  expect(await browser.ends()).toBe('fin');
  expect(browser.text).toBe('the end');
  // Half of the connection is still open.
  browser.socket.write('one word more');
  await server.hears('one word more');
  browser.socket.end();
  expect(await server.ends()).toBe('fin');
  await eventually('nothing is left', () => front.connections === 0);
});

test('a RST is a RST, in both directions', async () => {
  browser.socket.write(requestOf('/a'));
  (await first.end(0)).socket.resetAndDestroy();
  expect(await browser.ends()).toBe('ECONNRESET');
  const another = dial(`http://127.0.0.1:${front.port}`);
  another.socket.write(requestOf('/a'));
  const server = await first.end(1);
  await server.hears('/a');
  another.socket.resetAndDestroy();
  expect(await server.ends()).toBe('ECONNRESET');
  await eventually('nothing is left', () => front.connections === 0);
});

test('who is not there looks like a connection that is reset', async () => {
  first.server.close();
  browser.socket.write(requestOf('/a'));
  expect(await browser.ends()).toBe('ECONNRESET');
});

test('the end of a server that is not asked any more is not the browser’s', async () => {
  browser.socket.write(requestOf('/a'));
  const server = await first.end(0);
  server.socket.write('answer /a.');
  await browser.hears('answer /a.');
  browser.socket.write(requestOf('/b'));
  const present = await second.end(0);
  await present.hears('/b');
  server.socket.end();
  await server.ends();
  present.socket.write('answer /b.');
  await browser.hears('answer /b.');
  browser.socket.write(requestOf('/a'));
  await (await first.end(1)).hears('/a');
  expect(browser.ended).toBeUndefined();
});

test('what is no HTTP goes to the server, byte by byte', async () => {
  browser.socket.write('\x16\x03\x01');
  const server = await first.end(0);
  await server.hears('\x16\x03\x01');
  browser.socket.write('b');
  await server.hears('\x16\x03\x01b');
});

test('the server learns of a connection on which nothing is said', async () => {
  const server = await first.end(0);
  server.socket.end('too slow');
  expect(await browser.ends()).toBe('fin');
  expect(browser.text).toBe('too slow');
});

test('a browser that does not read holds the server back', async () => {
  browser.socket.write(requestOf('/a'));
  const server = await first.end(0);
  await server.hears('/a');
  browser.socket.pause();
  const piece = Buffer.alloc(1024 * 1024, 'x');
  let taken = 0;
  // What fits into the buffers of two connections is taken, and no more: a front that reads on would take all.
  const send = (): void => {
    server.socket.write(piece, () => {
      taken += 1;
      if (taken < 200) send();
    });
  };
  send();
  const before = process.memoryUsage().arrayBuffers;
  let seen = -1;
  await eventually('the server is held back', async () => {
    const stands = seen === taken && server.socket.writableLength > 0;
    seen = taken;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return stands && seen === taken;
  });
  expect(taken).toBeLessThan(100);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  browser.socket.resume();
  await eventually('the rest comes', () => taken === 200 && browser.bytes.length === 200 * piece.length);
});
