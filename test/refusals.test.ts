import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

import { Generations } from '@tokenwire/generation-log';
import { combinedTransport } from '@tokenwire/playground';
import { TokenwireError, type ErrorBody } from '@tokenwire/protocol';
import { answerClientError, createApp, DEFAULT_SETTINGS, isLoopback, type LogLine } from '@tokenwire/server-kit';
import { createSources } from '@tokenwire/token-source';
import { afterAll, beforeAll, expect, test } from 'vitest';

// What is refused before any transport is asked, and by whom a server belongs to somebody.

let server: Server;
let port: number;
const logged: LogLine[] = [];

beforeAll(async () => {
  const sources = createSources({});
  const generations = new Generations({ resolve: (model) => sources.resolve(model) });
  const settings = {
    ...DEFAULT_SETTINGS,
    ownerOf: ({ headers }: IncomingMessage) => {
      if (headers.authorization) return headers.authorization;
      throw new TokenwireError('unauthenticated', 'Send an Authorization header.');
    },
  };
  const transport = combinedTransport(generations, settings);
  server = createServer(
    createApp({ generations, settings, transport, loopbackOnly: true, log: (line) => logged.push(line) }),
  );
  server.on('upgrade', transport.upgrade!).on('clientError', answerClientError);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends bytes as they are and reads the answer to the end of the connection. */
async function raw(request: string): Promise<{ status: number; head: string; error: ErrorBody }> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.write(request);
  await once(socket, 'close');
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const { error } = JSON.parse(body) as { error: ErrorBody };
  return { status: Number(head.split(' ')[1]), head, error };
}

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

test.each([
  ['no HTTP at all', 'HELLO\r\n\r\n', 400, 'invalid_request'],
  ['a TLS greeting', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', 400, 'invalid_request'],
  [
    '20 KB of headers',
    `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'a NUL in a header',
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: a\0b\r\n\r\n',
    400,
    'invalid_request',
  ],
  [
    'two hosts',
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    400,
    'invalid_request',
  ],
  ['a foreign host', 'GET /healthz HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n', 403, 'forbidden'],
  [
    'a host that looks alike',
    'GET /healthz HTTP/1.1\r\nHost: localhost.evil.example\r\nConnection: close\r\n\r\n',
    403,
    'forbidden',
  ],
  [
    'two lengths',
    'POST /generations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    400,
    'invalid_request',
  ],
  [
    'an upgrade elsewhere',
    `GET /else HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Version: 13\r\n${UPGRADE}\r\n`,
    404,
    'not_found',
  ],
  [
    'an upgrade without credentials',
    `GET /generations HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Version: 13\r\n${UPGRADE}\r\n`,
    401,
    'unauthenticated',
  ],
  [
    'an upgrade of another version',
    `GET /generations HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nSec-WebSocket-Version: 7\r\n${UPGRADE}\r\n`,
    400,
    'invalid_request',
  ],
])('%s is answered with a code, and closed', async (_, request, status, code) => {
  const answer = await raw(request);
  expect([answer.status, answer.error.code]).toEqual([status, code]);
});

test.each(['localhost', '127.0.0.1:4000', '[::1]:80', 'app.localhost'])('the host %s is one of loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test('a refused version names the supported one', async () => {
  const request = `GET /generations HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nSec-WebSocket-Version: 7\r\n${UPGRADE}\r\n`;
  expect((await raw(request)).head).toContain('Sec-WebSocket-Version: 13');
});

async function call(path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) {
  const headers = { Authorization: 'ann', ...init.headers };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  const text = await answer.text();
  return { answer, body: (text.startsWith('{"') ? JSON.parse(text) : {}) as { id?: string; error?: ErrorBody } };
}

const start = { method: 'POST', body: '{"prompt":"x","model":"sim","maxTokens":3,"cadence":"instant"}' };
const json = { 'Content-Type': 'application/json', Accept: 'application/json' };

test.each([
  ['GET', '/generations', 405, 'POST'],
  ['DELETE', '/generations/gen_0123456789012345678901', 405, 'GET, HEAD'],
  ['PUT', '/generations/gen_0123456789012345678901/events', 405, 'GET, HEAD'],
  ['GET', '/generations/gen_0123456789012345678901/stop', 405, 'POST'],
  ['POST', '/stream', 405, 'GET, HEAD'],
])('%s %s is not a method of that route', async (method, path, status, allow) => {
  const { answer, body } = await call(path, { method });
  expect([answer.status, answer.headers.get('allow'), body.error?.code]).toEqual([status, allow, 'method_not_allowed']);
});

test.each(['/generations/%E0%A4%A', '/generations/%E0%A4%A/events'])('%s is 400, not 500', async (path) => {
  const { answer, body } = await call(path);
  expect([answer.status, body.error?.code]).toEqual([400, 'invalid_request']);
});

test('a type that no route has is 406', async () => {
  for (const [path, init] of [
    ['/generations', { ...start, headers: { ...json, Accept: 'image/png' } }],
    ['/stream?prompt=x', { headers: { Accept: 'image/png' } }],
  ] as const) {
    expect((await call(path, init)).answer.status).toBe(406);
  }
});

test('HEAD starts nothing', async () => {
  const { answer } = await call('/stream?prompt=x', { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('tokenwire-generation')).toBeNull();
});

test('another owner’s generation does not exist: to read, to see, to stop', async () => {
  const { body } = await call('/generations', { ...start, headers: json });
  const unknown = 'gen_0123456789012345678901';
  for (const id of [body.id!, unknown]) {
    for (const [path, method] of [
      [`/generations/${id}`, 'GET'],
      [`/generations/${id}/events`, 'GET'],
      [`/generations/${id}/stop`, 'POST'],
    ] as const) {
      const { answer, body: refusal } = await call(path, { method, headers: { Authorization: 'bob' } });
      expect([answer.status, refusal.error?.code, refusal.error?.message]).toEqual([
        404,
        'not_found',
        'There is no such generation. Answers are kept in memory and do not survive a restart.',
      ]);
    }
  }
  expect((await call(`/generations/${body.id}`)).answer.status).toBe(200);
});

test('a request from another site cannot start an answer by GET', async () => {
  const { answer } = await call('/stream?prompt=x', { headers: { 'Sec-Fetch-Site': 'cross-site' } });
  expect(answer.status).toBe(403);
});

test('errors carry a request id that finds one log line, without the prompt', async () => {
  const { body } = await call('/generations', { ...start, body: '{"prompt":"my secret","x":1}', headers: json });
  const lines = logged.filter(({ requestId }) => requestId === body.error?.requestId);
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('no answer names the software', async () => {
  const { answer } = await call('/healthz');
  expect(answer.headers.get('x-powered-by')).toBeNull();
  expect(answer.headers.get('etag')).toBeNull();
});
