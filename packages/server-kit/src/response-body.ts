import { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';

import type { LogEntry } from '@tokenwire/generation-log';

import { drained } from './drained.js';
import { giantIn } from './giants.js';

/** What a transport puts around the JSON of an event. */
export interface Frame {
  readonly before: (seq: number) => string;
  readonly after: string;
}

/** How long a reader that was too slow may still take what was written before it is cut off, in milliseconds. */
const LEAVE_LIMIT_MS = 5_000;

/**
 * The body of a streaming response, for many small writes.
 *
 * `res.write` makes four writes of each chunk (size, CRLF, data, CRLF), which a stream of tokens pays for every token.
 * Here a chunk is put together as one string and written once, straight to the connection. Where that would not be the
 * same thing (HTTP/1.0 and HTTP/2, a middleware that wraps `res.write`, a response that waits for an earlier one) it
 * is `res.write` after all.
 */
export class ResponseBody {
  readonly #res: ServerResponse;
  readonly #stream: Writable;
  readonly #chunked: boolean;

  /** @param res with its headers flushed. */
  constructor(res: ServerResponse) {
    const { socket } = res;
    this.#res = res;
    this.#chunked = res.chunkedEncoding && socket !== null && res.write === ServerResponse.prototype.write;
    this.#stream = this.#chunked && socket ? socket : res;
  }

  /** Writes a batch as one chunk. False means: accepted, but wait until it has drained. */
  send(batch: readonly LogEntry[], { before, after }: Frame): boolean {
    const giant = giantIn(batch);
    if (giant) return this.#writeParts([before(batch[0]?.seq ?? 0), giant, after]);
    let text = '';
    for (const { seq, json } of batch) text += before(seq) + json + after;
    return this.write(text);
  }

  /** Writes one chunk (RFC 9112, section 7.1). */
  write(text: string): boolean {
    // An empty chunk would end the body.
    if (text === '') return !this.full;
    const size = Buffer.byteLength(text);
    // ASCII, which is most of what models say, is the same in Latin-1, and cheaper to write. Other text waits as bytes:
    // a string takes up to twice as much.
    if (size > text.length) return this.#writeParts([Buffer.from(text)]);
    if (!this.#chunked) return this.#stream.write(text);
    return this.#stream.write(`${size.toString(16)}\r\n${text}\r\n`, 'latin1');
  }

  #writeParts(parts: readonly (string | Buffer)[]): boolean {
    const size = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    const whole = this.#chunked ? [`${size.toString(16)}\r\n`, ...parts, '\r\n'] : parts;
    this.#stream.cork();
    for (const part of whole) this.#stream.write(part);
    this.#stream.uncork();
    return !this.full;
  }

  /** True while the connection has not taken what was written. */
  get full(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** See `drained`. */
  drained(stallMs: number): Promise<boolean> {
    return drained(this.#stream, stallMs);
  }

  /**
   * Lets go of a reader that takes nothing: the body ends after a whole event, without a terminal one, for those that
   * still read; the others are cut off.
   */
  drop(): void {
    this.#res.end();
    const cut = setTimeout(() => this.#res.destroy(), LEAVE_LIMIT_MS).unref();
    this.#res.once('close', () => clearTimeout(cut));
  }
}
