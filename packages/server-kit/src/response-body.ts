import { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';

import { drained } from './http-response.js';

/**
 * The body of a streaming response, for many small writes.
 *
 * `res.write` makes four writes of each chunk (size, CRLF, data, CRLF), which a stream of tokens pays for every token.
 * Here a chunk is put together as one string and written once, straight to the connection. Where that would not be the
 * same thing (HTTP/1.0 and HTTP/2, a middleware that wraps `res.write`, a response that waits for an earlier one) it
 * is `res.write` after all.
 */
export class ResponseBody {
  readonly #stream: Writable;
  readonly #chunked: boolean;

  /** @param res with its headers flushed. */
  constructor(res: ServerResponse) {
    const { socket } = res;
    this.#chunked = res.chunkedEncoding && socket !== null && res.write === ServerResponse.prototype.write;
    this.#stream = this.#chunked && socket ? socket : res;
  }

  /** Writes one chunk (RFC 9112, section 7.1). False means: accepted, but wait until it has drained. */
  write(text: string): boolean {
    // An empty chunk would end the body.
    if (text === '') return !this.full;
    if (!this.#chunked) return this.#stream.write(text);
    const size = Buffer.byteLength(text);
    // ASCII, which is most of what models say, is the same in Latin-1, and cheaper to write.
    const encoding = size === text.length ? 'latin1' : 'utf8';
    return this.#stream.write(`${size.toString(16)}\r\n${text}\r\n`, encoding);
  }

  /** True while the connection has not taken what was written. */
  get full(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** See `drained`. */
  drained(stallMs: number): Promise<boolean> {
    return drained(this.#stream, stallMs);
  }
}
