import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startServer } from '../scripts/servers.mjs';

// Who may use a server that has users, from where, and with what in the address.

const ADA = 'ada-token-0123456789';
const BOB = 'bob-token-0123456789';
const APP = 'https://app.example';
const UNKNOWN = 'gen_0123456789012345678901';

const folder = mkdtempSync(join(tmpdir(), 'tokenwire-'));
let server: Awaited<ReturnType<typeof startServer>>;
let log = '';

beforeAll(async () => {
  const file = join(folder, 'users');
  writeFileSync(file, `# name:token\nada:${ADA}\nbob:${BOB}\n`);
  const args = ['--users', file, '--allow-origin', APP, '--max-running-per-user', '1', '--timing'];
  server = await startServer('all', ['--port', '0', ...args]);
  server.child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
});

afterAll(() => {
  server.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { id?: string; ticket?: string; expiresInMs?: number; text?: string; error?: Record<string, unknown> };
  readonly text: string;
}

async function call(
  path: string,
  token?: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Answer> {
  const authorization: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const { status, headers, ...answer } = await fetch(server.url + path, {
    ...init,
    headers: { ...authorization, ...init.headers },
  }).then(async (res) => ({ status: res.status, headers: res.headers, text: await res.text() }));
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status, headers, text: answer.text, body: (isJson ? JSON.parse(answer.text) : {}) as Answer['body'] };
}

const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };
const post = (path: string, body: object, token?: string, headers: Record<string, string> = {}) =>
  call(path, token, { method: 'POST', body: JSON.stringify(body), headers: { ...JSON_HEADERS, ...headers } });

const QUICK = { prompt: 'x', model: 'sim', maxTokens: 3, cadence: 'instant' };

async function finished(token: string): Promise<string> {
  const { body, status } = await post('/generations?wait=25', QUICK, token);
  expect(status).toBe(201);
  return body.id ?? expect.fail();
}

const ROUTES = (id: string) =>
  [
    ['GET', `/generations/${id}`],
    ['GET', `/generations/${id}/events`],
    ['GET', `/generations/${id}/events?wait=0`],
    ['GET', `/generations/${id}/timing`],
    ['POST', `/generations/${id}/stop`],
  ] as const;

describe('without a valid token', () => {
  test.each([
    ...ROUTES(UNKNOWN),
    ['POST', '/generations'],
    ['POST', '/tickets'],
    ['GET', '/stream?prompt=x'],
    ['GET', '/metrics'],
    ['GET', '/nothing'],
    ['DELETE', '/generations'],
  ] as const)('%s %s is 401, and names the scheme', async (method, path) => {
    for (const token of [undefined, 'wrong-token-0123456789', `${ADA}x`]) {
      const { status, headers, body } = await call(path, token, { method });
      expect([status, headers.get('www-authenticate'), body.error?.['code']]).toEqual([
        401,
        'Bearer',
        'unauthenticated',
      ]);
    }
  });

  test.each(['/healthz', '/readyz'])('%s answers', async (path) => {
    expect((await call(path)).status).toBe(200);
  });
});

test('another user’s generation is unknown, byte for byte, on every route; its key is another’s too', async () => {
  const headers = { 'Idempotency-Key': 'same' };
  const { body } = await post('/generations?wait=25', QUICK, ADA, headers);
  for (const [[method, path], [, unknown]] of ROUTES(body.id ?? '').map(
    (route, index) => [route, ROUTES(UNKNOWN)[index]!] as const,
  )) {
    const [theirs, nobodys] = [await call(path, BOB, { method }), await call(unknown, BOB, { method })];
    expect([theirs.status, { ...theirs.body.error, requestId: '' }]).toEqual([
      404,
      { ...nobodys.body.error, requestId: '' },
    ]);
    expect((await call(path, ADA, { method })).status).toBe(200);
  }
  expect((await post('/tickets', { generation: body.id }, BOB)).status).toBe(404);
  const second = await post('/generations?wait=25', { ...QUICK, maxTokens: 2 }, BOB, headers);
  expect([second.status, second.body.id === body.id]).toEqual([201, false]);
});

test('one user at the limit gets 429 with Retry-After; another starts', async () => {
  const { body } = await post(
    '/generations',
    { ...QUICK, model: 'sim/stall', maxTokens: 10, onDisconnect: 'continue' },
    ADA,
  );
  const refused = await post('/generations', QUICK, ADA);
  expect([refused.status, refused.body.error?.['code'], refused.headers.get('retry-after')]).toEqual([
    429,
    'rate_limited',
    '1',
  ]);
  await finished(BOB);
  await call(`/generations/${body.id}/stop`, ADA, { method: 'POST' });
  await finished(ADA);
});

describe('a ticket', () => {
  const ticketFor = async (body: object = {}): Promise<string> => {
    const answer = await post('/tickets', body, ADA);
    expect([answer.status, Object.keys(answer.body)]).toEqual([201, ['ticket', 'expiresInMs']]);
    expect(answer.body.expiresInMs).toBeLessThanOrEqual(60_000);
    return answer.body.ticket ?? expect.fail();
  };

  test.each(['', '&wait=0'])('reads the events of a generation, once (%s)', async (query) => {
    const id = await finished(ADA);
    const url = `/generations/${id}/events?ticket=${await ticketFor({ generation: id })}${query}`;
    const { status, text } = await call(url);
    expect([status, text.includes('message_stop')]).toEqual([200, true]);
    expect((await call(url)).status).toBe(401);
  });

  test('starts a stream, and one of a generation does not', async () => {
    const { status, text } = await call(
      `/stream?prompt=x&model=sim&maxTokens=3&cadence=instant&ticket=${await ticketFor()}`,
    );
    expect([status, text.length > 0]).toEqual([200, true]);
    const id = await finished(ADA);
    const refused = await call(`/stream?prompt=x&ticket=${await ticketFor({ generation: id })}`);
    expect([refused.status, refused.body.error?.['code']]).toEqual([403, 'forbidden']);
  });

  test('of one generation opens no other', async () => {
    const [mine, other] = [await finished(ADA), await finished(ADA)];
    const refused = await call(`/generations/${other}/events?ticket=${await ticketFor({ generation: mine })}`);
    expect([refused.status, refused.body.error?.['code']]).toEqual([403, 'forbidden']);
  });

  test('is no credential anywhere else', async () => {
    const id = await finished(ADA);
    for (const [method, path] of [
      ['GET', `/generations/${id}`],
      ['POST', `/generations/${id}/stop`],
      ['POST', '/generations'],
      ['POST', '/tickets'],
      ['GET', '/metrics'],
    ] as const) {
      expect((await call(`${path}?ticket=${await ticketFor()}`, undefined, { method })).status).toBe(401);
    }
    // Neither is a token.
    expect((await call(`/generations/${id}/events?token=${ADA}&access_token=${ADA}`)).status).toBe(401);
  });

  test.each([
    ['{"generation":1}', 400, 'invalid_request'],
    ['{"x":1}', 400, 'unknown_field'],
    ['[]', 400, 'invalid_request'],
    ['', 400, 'invalid_json'],
    [`{"generation":"${UNKNOWN}"}`, 404, 'not_found'],
  ])('is not given for %s', async (body, status, code) => {
    const answer = await call('/tickets', ADA, { method: 'POST', body, headers: JSON_HEADERS });
    expect([answer.status, answer.body.error?.['code']]).toEqual([status, code]);
  });

  test('is asked for with POST', async () => {
    const { status, headers } = await call('/tickets', ADA);
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('an allowed origin', () => {
  test('is told by name, and sees the headers that it needs', async () => {
    const { headers, status } = await call('/healthz', undefined, { headers: { Origin: APP } });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe(APP);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toMatch(/origin/i);
    expect(headers.get('access-control-expose-headers')).toBe('Location, Tokenwire-Generation, Retry-After');
    expect((await call('/healthz')).headers.get('vary')).toMatch(/origin/i);
  });

  test('gets its preflight answered without a token, and errors and streams that it may read', async () => {
    const preflight = { Origin: APP, 'Access-Control-Request-Method': 'POST' };
    const { status, headers } = await call('/generations', undefined, { method: 'OPTIONS', headers: preflight });
    expect([status, headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD, POST']);
    expect(headers.get('access-control-allow-headers')).toMatch(/Authorization.*Idempotency-Key.*Last-Event-ID/);
    const refused = await post('/generations', QUICK, undefined, { Origin: APP });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, APP]);
    const stream = await post('/generations', QUICK, ADA, { Origin: APP, Accept: 'text/event-stream' });
    expect([stream.status, stream.headers.get('access-control-allow-origin')]).toEqual([200, APP]);
  });
});

test.each(['https://evil.example', 'https://app.example.evil', 'null'])(
  'a page of %s sends nothing, and is permitted nothing',
  async (origin) => {
    const refused = await post('/generations', QUICK, ADA, { Origin: origin });
    expect([refused.status, refused.body.error?.['code']]).toEqual([403, 'forbidden']);
    const preflight = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
    expect((await call('/generations', undefined, { method: 'OPTIONS', headers: preflight })).status).toBe(403);
    expect(
      (await call('/healthz', undefined, { headers: { Origin: origin } })).headers.get('access-control-allow-origin'),
    ).toBeNull();
  },
);

test('the log has no token and no ticket', async () => {
  const ticket = (await post('/tickets', {}, ADA)).body.ticket ?? '';
  const id = await finished(ADA);
  await call(`/generations/${id}/events?ticket=${ticket}`);
  const { body } = await call(`/generations/${id}/events?ticket=${ticket}`);
  await expect.poll(() => log).toContain(String(body.error?.['requestId']));
  expect(log).not.toMatch(/token-0123|ticket=/);
  expect(log).not.toContain(ticket);
});

test.each([
  [['--users', '/nowhere']],
  [['--allow-origin', 'app.example']],
  [['--allow-origin', '*']],
  [['--allow-origin', 'https://app.example/']],
  [['--streams-per-second', '0']],
])('%j is refused at the start', async (args) => {
  await expect(startServer('sse', ['--port', '0', ...args])).rejects.toThrow(/status 2/);
});
