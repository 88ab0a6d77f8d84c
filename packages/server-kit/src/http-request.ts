import type { IncomingMessage } from 'node:http';

import { parseCursor, TokenwireError, type Cursor } from '@tokenwire/protocol';
import type { Generation, Generations, StartRequest } from '@tokenwire/generation-log';
import type { Request, RequestHandler } from 'express';

import { parseJsonText } from './json-text.js';
import { parseRequest } from './request-schema.js';

/** Largest body of a start request, in bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Longest hold of a poll, in seconds. */
export const MAX_WAIT_SECONDS = 25;

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Refuses what is not plain JSON by its headers, then reads the body as bytes. */
export const jsonBody: RequestHandler = async (req, _res, next) => {
  if (req.body !== undefined) {
    const message = 'The body was parsed already: mount the transport before express.json().';
    throw new TokenwireError('internal', message, { cause: new Error(message) });
  }
  const empty = req.headers['transfer-encoding'] === undefined && Number(req.headers['content-length'] ?? 0) === 0;
  if (empty) throw new TokenwireError('invalid_json', 'The body is empty; send a JSON object.');
  if (req.headers['content-encoding'] !== undefined) {
    throw new TokenwireError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  if (!JSON_TYPE.test(req.headers['content-type'] ?? '')) {
    throw new TokenwireError('unsupported_media_type', 'Send the body as application/json in UTF-8.');
  }
  req.body = await readBody(req);
  next();
};

/**
 * Reads the body, and stops at the limit: the usual body parsers read on to the end before they refuse, for as long as
 * a client cares to send.
 */
function readBody(req: IncomingMessage): Promise<Buffer> {
  const tooLarge = new TokenwireError('payload_too_large', `The body is larger than ${MAX_BODY_BYTES / 1024} KiB.`);
  if (Number(req.headers['content-length']) > MAX_BODY_BYTES) return Promise.reject(tooLarge);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) return;
      req.pause();
      reject(tooLarge);
    });
    req.once('end', () => resolve(Buffer.concat(chunks)));
    req.once('error', () => reject(new TokenwireError('invalid_request', 'The body ended too early.')));
  });
}

/**
 * The text of a body that `jsonBody` has read.
 * @throws {TokenwireError} `invalid_json` when it is not UTF-8.
 */
export function textOfBody(req: Request): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(req.body as Buffer);
  } catch {
    throw new TokenwireError('invalid_json', 'The body is not valid UTF-8.');
  }
}

/** The start request in a body that `jsonBody` has read. */
export function requestFromBody(req: Request): StartRequest {
  return parseRequest(parseJsonText(textOfBody(req)));
}

/** The query, read once and strictly: `after[]=` or a repeated key must not mean anything by accident. */
export function queryOf(req: Request): URLSearchParams {
  const query = new URL(req.originalUrl, 'http://localhost').searchParams;
  const keys = [...query.keys()];
  for (const key of keys) {
    const base = key.replace(/\[.*$/, '');
    if (base === key && keys.indexOf(key) === keys.lastIndexOf(key)) continue;
    const code = base === 'after' ? 'invalid_cursor' : 'invalid_request';
    throw new TokenwireError(code, 'Give each query key once and without brackets.');
  }
  return query;
}

/** Query fields of the one-line demonstration `GET /stream`, and which of them are numbers. */
const DEMO_FIELDS: Record<string, 'text' | 'number'> = {
  prompt: 'text',
  model: 'text',
  cadence: 'text',
  maxTokens: 'number',
  temperature: 'number',
  seed: 'number',
};

/** The start request in the query of `GET /stream?prompt=…`. */
export function requestFromQuery(req: Request): StartRequest {
  const fields: [string, unknown][] = [];
  for (const [key, value] of queryOf(req)) {
    if (key === 'ticket') continue;
    const number = DEMO_FIELDS[key] === 'number' && /^\d{1,10}(\.\d{1,6})?$/.test(value);
    fields.push([key, number ? Number(value) : value]);
  }
  return parseRequest(Object.fromEntries(fields));
}

/**
 * The `Idempotency-Key` header: 1 to 255 visible ASCII characters.
 * @throws {TokenwireError} `invalid_request`.
 */
export function checkIdempotencyKey(key: string | string[] | undefined): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new TokenwireError('invalid_request', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
}

/**
 * Where the reader is, from `after` and `Last-Event-ID`; undefined when it named neither.
 * @throws {TokenwireError} `invalid_cursor`, also when the two disagree.
 */
export function cursorOf(req: Request): Cursor | undefined {
  const after = queryOf(req).get('after') ?? undefined;
  const lastEventId = req.get('last-event-id');
  if (after !== undefined && lastEventId !== undefined && after !== lastEventId) {
    throw new TokenwireError('invalid_cursor', 'The query and Last-Event-ID name different cursors; send one.');
  }
  const text = after ?? lastEventId;
  return text === undefined ? undefined : parseCursor(text);
}

/**
 * Finds the generation and the position that a cursor names.
 * @param id the generation in the URL; a cursor of another one is refused.
 * @throws {TokenwireError} `invalid_cursor`, `not_found`, `cursor_expired`.
 */
export function locate(
  generations: Generations,
  cursor: Cursor | undefined,
  { id = cursor?.id ?? '', owner = '' }: { readonly id?: string; readonly owner?: string },
): { readonly generation: Generation; readonly seq: number } {
  if (cursor && cursor.id !== id) throw new TokenwireError('invalid_cursor', 'This cursor is another generation’s.');
  const generation = generations.get(id, owner);
  const seq = cursor?.seq ?? 0;
  if (seq > generation.log.lastSeq) {
    throw new TokenwireError('invalid_cursor', 'This cursor is ahead of everything that was said.');
  }
  return { generation, seq };
}

/**
 * The `wait` of a poll in milliseconds; undefined without one.
 * @throws {TokenwireError} `invalid_request` unless it is a whole number of seconds from 0 to 25.
 */
export function waitMsOf(req: Request): number | undefined {
  const wait = queryOf(req).get('wait');
  if (wait === null) return undefined;
  if (/^(0|[1-9]\d?)$/.test(wait) && Number(wait) <= MAX_WAIT_SECONDS) return Number(wait) * 1000;
  throw new TokenwireError('invalid_request', `wait must be a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}.`);
}
