import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { startPlayground, type Playground } from '../../src/index.js';
import { dial } from './support.js';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.close());

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(playground.url + path, init);
const assets = readdirSync(fileURLToPath(new URL('../../dist/web/assets/', import.meta.url)));

test('the page and its files come with their types, and files that never change are kept', async () => {
  const script = assets.find((file) => file.endsWith('.js')) ?? '';
  for (const [path, type, cache] of [
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/icon.svg', 'image/svg+xml', 'no-cache'],
    [`/assets/${script}`, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ] as const) {
    const { status, headers } = await get(path);
    expect([path, status, headers.get('content-type'), headers.get('cache-control')]).toEqual([path, 200, type, cache]);
  }
});

test('the page can load nothing from elsewhere, and is told so', async () => {
  const { headers } = await get('/');
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers.get('permissions-policy')).toContain('camera=()');
  expect(headers.has('x-powered-by')).toBe(false);
});

test.each([
  '/assets/none.js',
  '/assets/../index.js',
  '/assets/%2e%2e/index.js',
  '/assets/..%2f..%2findex.js',
  '/playground/x',
])('there is nothing at %s', async (path) => {
  const end = dial(playground.url);
  end.socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await end.ends();
  expect(end.text).toMatch(/^HTTP\/1\.1 404 [^]*"code":"not_found"/);
});

test('what the page cannot do is refused like everywhere else', async () => {
  const post = await get('/', { method: 'POST', body: 'x' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  const end = dial(playground.url);
  end.socket.write('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  await end.ends();
  expect(end.text).toMatch(/^HTTP\/1\.1 403 [^]*"code":"forbidden"/);
});

test('everything else is the combined server’s', async () => {
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await get('/nothing')).json()).toMatchObject({ error: { code: 'not_found' } });
  expect(await (await get('/stream?prompt=x&model=sim&cadence=instant')).text()).toMatch(/^\S.{80,}/s);
});
