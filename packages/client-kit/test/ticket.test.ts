import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { fetchTicket } from '../src/index.js';
import { ID } from './support/answer.js';
import { answers, jsonResponse } from './support/script.js';
import { type Handler, type ScriptedServer, json, scripted } from './support/server.js';

const servers: ScriptedServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
const serve = async (handler: Handler): Promise<ScriptedServer> => {
  const server = await scripted(handler);
  servers.push(server);
  return server;
};
const headers = { authorization: 'Bearer x' };

describe('a ticket', () => {
  test('is asked for with the credentials, below the base, for one generation or for all', async () => {
    const server = await serve((_, res) => json(res, 201, { ticket: 't1', expiresInMs: 60_000 }));
    const url = `${server.url}/api?tenant=1`;
    expect(await fetchTicket({ url, headers, generation: ID })).toBe('t1');
    expect(await fetchTicket({ url, headers })).toBe('t1');
    expect(server.seen).toMatchObject([
      { method: 'POST', url: '/api/tickets?tenant=1', body: JSON.stringify({ generation: ID }) },
      { method: 'POST', url: '/api/tickets?tenant=1', body: '{}' },
    ]);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer x', 'content-type': 'application/json' });
  });

  test.each([
    ['the server’s refusal', { code: 'unauthenticated', message: 'Who?', retryable: false }, 401, 'unauthenticated'],
    ['the user’s limit', { code: 'rate_limited', message: 'Too many.', retryable: true }, 429, 'rate_limited'],
  ])('that is not given is %s', async (_, error, status, code) => {
    const fetch = answers(() => jsonResponse({ error }, status));
    await expect(fetchTicket({ url: 'http://host.test', headers, fetch })).rejects.toMatchObject({ code });
  });

  test.each([
    ['no ticket', () => jsonResponse({ expiresInMs: 1 }, 201), 'bad_response'],
    ['a page', () => new Response('<p>', { headers: { 'content-type': 'text/html' } }), 'bad_response'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'http://x.test' } }), 'bad_response'],
    ['no server', new TypeError('fetch failed'), 'connection_lost'],
  ])('is never made up of %s', async (_, answer, code) => {
    const ticket = fetchTicket({ url: 'http://host.test', headers, fetch: answers(answer) });
    await expect(ticket).rejects.toMatchObject({ name: 'TokenwireError', code });
  });

  test('is waited for no longer than ten seconds', async () => {
    const clock = new VirtualClock();
    const ticket = fetchTicket({ url: 'http://host.test', headers, fetch: answers('hang'), clock });
    const failed = expect(ticket).rejects.toMatchObject({ code: 'connection_lost' });
    await clock.advance(9_999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    await failed;
    expect(clock.pending).toBe(0);
  });
});
