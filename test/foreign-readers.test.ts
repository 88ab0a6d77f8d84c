// Readers that this project did not write must get the same text: curl and the usual libraries of Python.
// (The browser's own EventSource, fetch and WebSocket are in browser.test.ts.)
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import {
  MODES,
  type GenerationRequest,
  type Mode,
  type PollPage,
  type Snapshot,
  type StreamEvent,
} from '@tokenwire/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startServer } from '../scripts/servers.mjs';

const run = promisify(execFile);
const OUTPUT = { maxBuffer: 64 * 1024 * 1024 };

/** Debian's own Python is the one that has Debian's libraries. */
const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import requests, httpx, websockets']).status === 0,
);
if (!PYTHON && process.env['TOKENWIRE_REQUIRE_PYTHON']) {
  throw new Error('TOKENWIRE_REQUIRE_PYTHON is set, but there is no Python with requests, httpx and websockets.');
}
if (!PYTHON) process.stderr.write('No Python with requests, httpx and websockets: its readers are left out.\n');

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer('all', ['--port', '0', '--next-poll-ms', '100']);
});
afterAll(() => server?.child.kill('SIGTERM'));

/** Hostile content, slow enough to arrive in pieces; the seed makes every answer to it the same. */
const REQUEST: GenerationRequest = {
  model: 'sim/ugly',
  prompt: 'x',
  maxTokens: 120,
  seed: 5,
  cadence: { ttftMs: 20, tokensPerSecond: 400, jitter: 0 },
};

interface Got {
  readonly text: string;
  readonly seqs: readonly number[];
  readonly last: string;
}

/** What the server itself holds of an answer to this request. */
async function expected(): Promise<Got> {
  const { stdout } = await curl('/generations?wait=25', ['-d', JSON.stringify(REQUEST), ...JSON_HEADERS]);
  const { text, cursor, status } = JSON.parse(stdout) as Snapshot;
  expect(status).toBe('completed');
  const lastSeq = Number(cursor.split('.')[1]);
  return { text, seqs: Array.from({ length: lastSeq }, (_, index) => index + 1), last: 'message_stop' };
}

function gotFrom(events: readonly StreamEvent[]): Got {
  const texts = events.map((event) =>
    event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '',
  );
  return { text: texts.join(''), seqs: events.map(({ seq }) => seq), last: events.at(-1)?.type ?? '' };
}

const JSON_HEADERS = ['-H', 'Content-Type: application/json', '-H', 'Accept: application/json'];

function curl(route: string, options: readonly string[]): Promise<{ readonly stdout: string }> {
  return run('curl', ['-sSN', '--fail-with-body', ...options, `${server.url}${route}`], OUTPUT);
}

async function post(accept: string): Promise<string> {
  const headers = ['-H', 'Content-Type: application/json', '-H', `Accept: ${accept}`];
  return (await curl('/generations', ['-d', JSON.stringify(REQUEST), ...headers])).stdout;
}

async function poll(wait: number): Promise<Got> {
  const started = await curl('/generations', ['-d', JSON.stringify(REQUEST), ...JSON_HEADERS]);
  let page = JSON.parse(started.stdout) as PollPage<StreamEvent> & { readonly id: string };
  const { id } = page;
  const events: StreamEvent[] = [];
  do {
    const { stdout } = await curl(`/generations/${id}/events?after=${page.cursor}&wait=${wait}`, JSON_HEADERS);
    page = JSON.parse(stdout) as typeof page;
    events.push(...page.events);
  } while (!page.done);
  return gotFrom(events);
}

/** curl speaks no WebSocket protocol in the versions that distributions ship; everything else it reads. */
const CURL: Partial<Record<Mode, () => Promise<Got>>> = {
  chunked: async () =>
    gotFrom(lines(await post('application/x-ndjson')).map((line) => JSON.parse(line) as StreamEvent)),
  sse: async () => {
    const data = lines(await post('text/event-stream')).filter((line) => line.startsWith('data: '));
    return gotFrom(data.map((line) => JSON.parse(line.slice('data: '.length)) as StreamEvent));
  },
  'long-poll': () => poll(25),
  'short-poll': () => poll(0),
};

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe('curl', () => {
  test.each(Object.entries(CURL))('reads the hostile answer over %s', async (_mode, read) => {
    expect(await read()).toEqual(await expected());
  });

  test('prints the text itself when it asks for text/plain', async () => {
    // Lone surrogates have no form in UTF-8.
    const { text } = await expected();
    expect(await post('text/plain')).toBe(Buffer.from(text).toString());
  });
});

describe.skipIf(!PYTHON)('Python', () => {
  test.each(MODES)('reads the hostile answer over %s', async (mode) => {
    const script = fileURLToPath(new URL('foreign/read.py', import.meta.url));
    const { stdout } = await run(PYTHON ?? '', [script, mode, server.url, JSON.stringify(REQUEST)], OUTPUT);
    expect(JSON.parse(stdout)).toEqual(await expected());
  });
});
