import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningServer, startServer } from '@tokenwire/conformance';
import { MODES, type Mode, type StreamEvent, isTerminal, textOf } from '@tokenwire/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curlOf, shellQuote } from '../../web/src/share/curl.js';
import type { Subject } from '../../web/src/share/subject.js';
import { PROMPTS, subjectFor } from './support.js';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const MAX_OUTPUT = { maxBuffer: 50_000_000 };

let server: RunningServer;
/** Keeps what it is told, by path, and answers nothing that a client would follow. */
let echo: Server;
const heard = new Map<string | undefined, string>();
beforeAll(async () => {
  server = await startServer(MAIN);
  echo = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      heard.set(request.url, body);
      response.end('{}');
    });
  });
  await once(echo.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  echo.close();
  await server.stop();
});

const shell = async (lines: string): Promise<Buffer> =>
  (await run('sh', ['-c', lines], { ...MAX_OUTPUT, encoding: 'buffer' })).stdout;

/** The payloads of a server's frames, RFC 6455 section 5.2: unmasked, and none is cut. */
function messagesIn(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const isText = (bytes[at]! & 0x0f) === 1;
    const short = bytes[at + 1]! & 0x7f;
    const [length, from] =
      short === 127
        ? [Number(bytes.readBigUInt64BE(at + 2)), at + 10]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), at + 4]
          : [short, at + 2];
    if (isText) messages.push(bytes.toString('utf8', from, from + length));
    at = from + length;
  }
  return messages;
}

const lines = (output: Buffer): string[] => output.toString('utf8').split('\n').filter(Boolean);
const pages = (output: Buffer): StreamEvent[] =>
  lines(output).flatMap((line) => (JSON.parse(line) as { events: StreamEvent[] }).events);

/** What each mode's output says. */
const EVENTS: Record<Mode, (output: Buffer) => StreamEvent[]> = {
  chunked: (output) => lines(output).map((line) => JSON.parse(line) as StreamEvent),
  sse: (output) =>
    lines(output)
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice('data: '.length)) as StreamEvent),
  websocket: (output) =>
    messagesIn(output).flatMap((text) => (JSON.parse(text) as { event?: StreamEvent }).event ?? []),
  'long-poll': pages,
  'short-poll': pages,
};

async function read(subject: Subject): Promise<{ readonly id: string; readonly text: string }> {
  const events = EVENTS[subject.mode](await shell(curlOf(subject)));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(isTerminal(events.at(-1)!)).toBe(true);
  const [start] = events;
  return { id: start?.type === 'message_start' ? start.id : '', text: events.map(textOf).join('') };
}

async function snapshotOf(id: string): Promise<string> {
  return ((await (await fetch(`${server.url}/generations/${id}`)).json()) as { text: string }).text;
}

// At the same time: a server waits for some seconds until curl closes a socket, which it never does.
describe.skipIf(process.platform === 'win32').concurrent.each(MODES)('the lines for %s', (mode) => {
  test('answer in a shell, to the end, with the text that the server has', async () => {
    const { id, text } = await read(subjectFor(server.url, mode));
    expect(text.length).toBeGreaterThan(40);
    expect(text).toBe(await snapshotOf(id));
  });

  test('follow an answer that takes its time', async () => {
    const request = { prompt: 'x', model: 'sim', maxTokens: 30, cadence: { ttftMs: 50, tokensPerSecond: 40 } };
    const { id, text } = await read({ mode, url: server.url, from: { request } });
    expect(text).toBe(await snapshotOf(id));
  });

  test('are not led astray by what an answer says', async () => {
    const request = { prompt: 'x', model: 'sim/ugly', maxTokens: 150, seed: 3, cadence: 'instant' } as const;
    const { id, text } = await read({ mode, url: server.url, from: { request } });
    expect(text.length).toBeGreaterThan(100_000);
    expect(text).toBe(await snapshotOf(id));
  });

  test('read the answer of another tab from where it says', async () => {
    const { id, text } = await read(subjectFor(server.url, mode));
    const again = await read({ mode, url: server.url, from: { after: `${id}.0` } });
    expect(again).toEqual({ id, text });
  });

  test.each(PROMPTS)('bring the prompt %j to the server as it is', async (prompt) => {
    const path = `/${mode}-${PROMPTS.indexOf(prompt)}`;
    const subject = subjectFor(`http://127.0.0.1:${(echo.address() as AddressInfo).port}${path}`, mode, prompt);
    await shell(curlOf(subject));
    expect(JSON.parse(heard.get(`${path}/generations`) ?? '')).toEqual(
      'request' in subject.from && subject.from.request,
    );
  });

  test('show the refusal when the server refuses, and end', async () => {
    const request = { prompt: 'x', model: 'no-such-model' };
    const output = await shell(curlOf({ mode, url: server.url, from: { request } }));
    expect(output.toString('utf8')).toContain('"code":"unknown_model"');
  });

  test('hold no character that a terminal would obey', () => {
    for (const prompt of PROMPTS) {
      expect(curlOf(subjectFor(server.url, mode, prompt))).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|[\u2028\u2029]/u);
    }
  });
});

test.skipIf(process.platform === 'win32')('a quoted word is one word for a shell, whatever is in it', async () => {
  const words = [...PROMPTS.map((prompt) => prompt.replaceAll('\0', '')), ''];
  const output = await shell(`printf '%s\\0' ${words.map(shellQuote).join(' ')}`);
  expect(output.toString('utf8').split('\0').slice(0, -1)).toEqual(words);
});
