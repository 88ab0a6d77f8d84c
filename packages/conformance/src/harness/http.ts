import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

import { PATIENCE_MS, within } from './eventually.js';

/**
 * Plain HTTP below `fetch`: tests need to send what `fetch` refuses to, see how a body ended, and never share a
 * connection with the request before.
 */
export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** False when the connection was cut before the end of the body. */
  readonly complete: boolean;
}

/** An answer whose body is still coming. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Buffer>;
  /** Cuts the connection. */
  readonly close: () => void;
}

/** Sends a request on a connection of its own and waits for the answer's headers. */
export function openCall(url: string, { method = 'GET', headers = {}, body }: CallOptions = {}): Promise<OpenAnswer> {
  const opened = new Promise<OpenAnswer>((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      // Whoever reads the body sees the error there; nobody may be reading.
      incoming.on('error', () => {});
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: incoming as AsyncIterable<Buffer>,
        close: () => void incoming.destroy(),
      });
    });
    outgoing.end(body);
  });
  return within(PATIENCE_MS, `headers of ${method} ${url}`, opened);
}

/** Sends a request and reads the whole answer. */
export async function call(url: string, options: CallOptions = {}): Promise<HttpAnswer> {
  const answer = await openCall(url, options);
  return await within(PATIENCE_MS, `body of ${options.method ?? 'GET'} ${url}`, readWhole(answer));
}

/** An answer in JSON. */
export interface JsonAnswer<T = unknown> {
  readonly status: number;
  readonly json: T;
}

/** `call`, with the answer's JSON. */
export async function callJson(url: string, options: CallOptions = {}): Promise<JsonAnswer> {
  const { status, text } = await call(url, options);
  return { status, json: JSON.parse(text) };
}

async function readWhole({ status, headers, body }: OpenAnswer): Promise<HttpAnswer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of body) parts.push(part);
  } catch {
    // A body that was cut: `complete` says so.
  }
  const bytes = Buffer.concat(parts);
  const { complete } = body as unknown as IncomingMessage;
  return { status, headers, bytes, text: bytes.toString(), complete };
}
