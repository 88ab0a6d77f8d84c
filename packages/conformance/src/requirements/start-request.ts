import { equal } from 'node:assert/strict';

import type { Message } from '@tokenwire/protocol';

import { ENDLESS, gauge, jsonPost, QUICK, start, stop } from '../harness/answers.js';
import { call } from '../harness/http.js';
import { ACCEPT, askBySocket, refusalIn, type Refusal } from '../harness/raw-events.js';
import { exchange } from '../harness/raw-http.js';
import { checkRefused } from '../harness/refusals.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';
import { BAD_KEYS, BAD_STARTS, type BadStart } from './bad-start-requests.js';

const SOURCE = 'docs/protocol.md#bad-start-requests';
const BODY_LIMIT = 256 * 1024;
/** Longer messages are too long for a socket before anybody looks at what they say. */
const MESSAGE_LIMIT = 60 * 1024;

async function post(target: Target, body: string | Uint8Array, headers: Record<string, string>): Promise<Refusal> {
  const all = { 'content-type': 'application/json', accept: ACCEPT[target.mode], ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  return refusalIn(await call(`${target.url}/generations`, { method: 'POST', headers: sent, body }));
}

function refusesStart({ id, name, body, headers = {}, ...expected }: BadStart): Requirement {
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return {
    id: `start-refuses-${id}`,
    title: `A start request with ${name} is answered with ${expected.status} ${expected.code}`,
    why: 'What is not understood completely must not start anything, and must not take the server down.',
    source: SOURCE,
    async run(target) {
      await checkRefused(target, () => post(target, raw, headers), expected);
      const asMessage = target.mode === 'websocket' && typeof raw === 'string' && expected.status === 400;
      // The empty message is a matter of the socket, not of the request.
      if (!asMessage || raw === '' || raw.length > MESSAGE_LIMIT) return;
      const message = `{"type":"generate","ref":1,"request":${raw}}`;
      await checkRefused(target, () => askBySocket(target, message), expected);
    },
  };
}

function refusesKey([id, name, key]: (typeof BAD_KEYS)[number]): Requirement {
  return {
    id: `start-refuses-key-${id}`,
    title: `A start request with ${name} is answered with 400 invalid_request`,
    why: 'A key that is altered on the way no longer protects from paying twice.',
    source: SOURCE,
    async run(target) {
      const { host } = new URL(target.url);
      const body = JSON.stringify(QUICK);
      const head =
        `POST /generations HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nAccept: application/json\r\n` +
        `Content-Length: ${body.length}\r\nIdempotency-Key: ${key}\r\n\r\n`;
      const send = async (): Promise<Refusal> => {
        const { status, body: text } = await exchange(target.url, head + body);
        return refusalIn({ status, text });
      };
      const expected = { status: 400, code: 'invalid_request' } as const;
      await checkRefused(target, send, expected);
      if (target.mode !== 'websocket') return;
      const message = { type: 'generate', ref: 1, request: QUICK, idempotencyKey: key };
      await checkRefused(target, () => askBySocket(target, message), expected);
    },
  };
}

/** Sends a body that is too large, and says how the server reacted before it had all of it. */
async function sendTooMuch(
  { url }: Target,
  framing: 'declared' | 'chunked',
): Promise<Refusal & { connection: string }> {
  const head = `POST /generations HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: application/json\r\n`;
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  // Declared: the head alone must do. Chunked: just over the limit, and then the rest never comes.
  const pieces =
    framing === 'declared'
      ? [`${head}Content-Length: ${BODY_LIMIT + 1}\r\n\r\n`]
      : [`${head}Transfer-Encoding: chunked\r\n\r\n`, ...Array<string>(5).fill(chunk)];
  const { status, body, headers } = await exchange(url, ...pieces);
  return { ...refusalIn({ status, text: body }), connection: headers['connection'] ?? '' };
}

const tooLarge: readonly Requirement[] = (['declared', 'chunked'] as const).map((framing) => ({
  id: `start-refuses-too-large-${framing}`,
  title: `A start request of more than 256 KiB, ${framing}, is answered with 413 without reading on`,
  why: 'Whoever sends without end must not be listened to without end.',
  source: SOURCE,
  async run(target) {
    const expected = { status: 413, code: 'payload_too_large' } as const;
    await checkRefused(target, () => sendTooMuch(target, framing), expected);
    equal((await sendTooMuch(target, framing)).connection, 'close');
  },
}));

export const startRequestRequirements: readonly Requirement[] = [
  ...BAD_STARTS.map(refusesStart),
  ...BAD_KEYS.map(refusesKey),
  ...tooLarge,
  {
    id: 'start-accepts-the-limits',
    title: 'A start request at the limits is accepted: 256 messages, 100 000 characters, 256 KiB',
    why: 'A limit that is one too low is a bug that appears with the first long conversation.',
    source: SOURCE,
    async run(target) {
      const messages = Array.from({ length: 256 }, (): Message => ({ role: 'user', content: 'x' }));
      const { prompt, ...rest } = QUICK;
      await stop(target, await start(target, { ...rest, messages }));
      await stop(target, await start(target, { ...QUICK, prompt: prompt.repeat(20_000) }));
      await stop(target, await start(target, { ...ENDLESS, maxTokens: 100_000 }));
      const body = JSON.stringify(QUICK);
      const padded = await call(`${target.url}/generations`, jsonPost(body + ' '.repeat(BODY_LIMIT - body.length)));
      equal(padded.status, 201);
    },
  },
  {
    id: 'start-refused-starts-nothing',
    title: 'A refused start request starts no generation',
    why: 'An answer that nobody can read is paid for all the same.',
    source: SOURCE,
    async run(target) {
      const kept = () => gauge(target, 'tokenwire_generations_kept');
      const before = await kept();
      for (const { body } of BAD_STARTS.filter(({ code }) => code === 'unknown_model'))
        await post(target, JSON.stringify(body), {});
      await post(target, JSON.stringify({ ...QUICK, maxTokens: 0 }), {});
      // And the next one starts exactly one.
      await stop(target, await start(target, QUICK));
      equal(await kept(), before + 1);
    },
  },
];
