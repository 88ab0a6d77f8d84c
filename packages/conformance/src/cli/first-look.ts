import { jsonPost, QUICK } from '../harness/answers.js';
import { within } from '../harness/eventually.js';
import { call, type HttpAnswer } from '../harness/http.js';

/** A server that is there answers within this. */
const ANSWER_LIMIT_MS = 10_000;

/** There is no server to ask, or it speaks something else; the message says what was seen and what to do. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/**
 * Before anything is asked: is anybody there, and does it speak this protocol at all? Waits 10 s or `limitMs`,
 * whichever is less.
 * @throws {NoServerError} when not.
 */
export async function firstLook(url: string, limitMs: number): Promise<void> {
  const answer = await knock(url, limitMs, () => call(`${url}/generations`, jsonPost(QUICK)));
  if (answer.status === 201 && /"id"\s*:\s*"gen_/.test(answer.text)) return;
  throw new NoServerError(
    `${url} answers, but not as a tokenwire server:\n` +
      `POST /generations with {"model":"sim","prompt":"Hello"} and Accept: application/json was answered with ` +
      `${answer.status} ${beginning(answer)}; expected 201 {"id":"gen_…","cursor":"gen_….0"}.\n` +
      'See docs/protocol.md#resources. To ask single requirements nevertheless, name them with --only.',
  );
}

/** Only whether something answers, whatever it says. @throws {NoServerError} when nothing does. */
export async function checkPresent(url: string, limitMs: number): Promise<void> {
  await knock(url, limitMs, () => call(`${url}/healthz`));
}

async function knock(url: string, limitMs: number, ask: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await within(Math.min(ANSWER_LIMIT_MS, limitMs), `an answer from ${url}`, ask());
  } catch (error) {
    throw new NoServerError(`No server answers at ${url}: ${reasonOf(error)}. Is it running, and is this its port?`);
  }
}

function reasonOf(error: unknown): string {
  const { code = '', message = String(error) } = error as { readonly code?: string; readonly message?: string };
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
    ENOTFOUND: 'there is no such host (ENOTFOUND)',
    ECONNRESET: 'the connection was reset (ECONNRESET)',
  };
  return known[code] ?? message;
}

function beginning({ text }: HttpAnswer): string {
  return text.length > 120 ? `${JSON.stringify(text.slice(0, 120))} …` : JSON.stringify(text);
}
