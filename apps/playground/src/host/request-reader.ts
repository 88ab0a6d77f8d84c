/** Longest request line and longest head that are read; Node's servers refuse 16 KiB of head. */
const MAX_LINE_BYTES = 16 * 1024;
const MAX_HEAD_BYTES = 64 * 1024;

const LF = 0x0a;
const HEAD_END = '\r\n\r\n';

/** The request lines that are understood: those of browsers and of every ordinary client. */
const REQUEST_LINE = /^[A-Z]{1,20} (\/[\x21-\x7e]*) HTTP\/1\.1\r\n$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t\x20-\x7e\x80-\xff]*$/;

/** A part of what a client sent, unchanged. All parts together are all that was sent. */
export interface Segment {
  readonly bytes: Buffer;
  /** Present where a request begins: its target, path and query as they were sent. */
  readonly target?: string;
}

/**
 * Finds out where in a client's bytes requests begin, and what they ask for (RFC 9112). Bytes are never changed, and held
 * back only until the first line of a request is complete. What is not understood for certain makes the rest of the
 * connection opaque: it passes, and is not looked at any more. So a server behind it sees all bad input as it is.
 */
export class RequestReader {
  /** `line`: before or in a request line. `head`: in its headers. `body`: in a body of known length. */
  #state: 'line' | 'head' | 'body' | 'opaque' = 'line';
  #held: Buffer = Buffer.alloc(0);
  #head = '';
  #bodyLeft = 0;

  /** Whether bytes are held back. */
  get holds(): boolean {
    return this.#held.length > 0;
  }

  /** True while what comes next would begin a request. */
  get between(): boolean {
    return this.#state === 'line';
  }

  /** Looks at nothing any more. Gives what was held back. */
  giveUp(): Buffer {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    this.#head = '';
    this.#state = 'opaque';
    return held;
  }

  /** Takes the next bytes of the connection. */
  read(chunk: Buffer): readonly Segment[] {
    const segments: Segment[] = [];
    let bytes = this.holds ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    while (bytes.length > 0) {
      const begins = this.#state === 'line';
      const end = begins ? bytes.indexOf(LF) + 1 : 0;
      if (begins && end === 0 && bytes.length <= MAX_LINE_BYTES) {
        this.#held = bytes;
        break;
      }
      const target = begins ? this.#readLine(bytes.toString('latin1', 0, end)) : undefined;
      const segment = bytes.subarray(0, this.#readRest(bytes, end));
      segments.push(target === undefined ? { bytes: segment } : { bytes: segment, target });
      bytes = bytes.subarray(segment.length);
    }
    return segments;
  }

  #readLine(line: string): string | undefined {
    const target = REQUEST_LINE.exec(line)?.[1];
    if (target === undefined || line.length > MAX_LINE_BYTES) this.giveUp();
    // The line's own end, so that a request without headers has an end of its head too.
    else [this.#state, this.#head] = ['head', '\r\n'];
    return target;
  }

  /** How far the request that `bytes` belong to goes, at most to their end. */
  #readRest(bytes: Buffer, from: number): number {
    if (this.#state === 'opaque') return bytes.length;
    const end = this.#state === 'head' ? this.#readHead(bytes, from) : from;
    if (this.#state !== 'body') return end;
    const taken = Math.min(this.#bodyLeft, bytes.length - end);
    this.#bodyLeft -= taken;
    if (this.#bodyLeft === 0) this.#state = 'line';
    return end + taken;
  }

  #readHead(bytes: Buffer, from: number): number {
    const before = this.#head.length;
    this.#head += bytes.toString('latin1', from);
    const end = this.#head.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length));
    if (end < 0) {
      if (this.#head.length > MAX_HEAD_BYTES) this.giveUp();
      return bytes.length;
    }
    const length = bodyLength(this.#head.slice(2, end));
    this.#head = '';
    if (length === undefined) {
      this.giveUp();
      return bytes.length;
    }
    [this.#state, this.#bodyLeft] = ['body', length];
    return from + end + HEAD_END.length - before;
  }
}

/** The length of the body after these headers; undefined where only the server can say what follows. */
function bodyLength(headers: string): number | undefined {
  let length = 0;
  let seen = false;
  for (const line of headers === '' ? [] : headers.split('\r\n')) {
    const name = HEADER_LINE.exec(line)?.[1]?.toLowerCase();
    if (name === undefined || name === 'transfer-encoding' || name === 'upgrade') return undefined;
    if (name !== 'content-length') continue;
    const value = line.slice(name.length + 1).trim();
    if (seen || !/^\d{1,15}$/.test(value)) return undefined;
    [length, seen] = [Number(value), true];
  }
  return length;
}
