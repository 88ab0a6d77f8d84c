import { UnreadableWire } from './parts.js';

/** One HTTP/1.1 message as it was on the wire (RFC 9112). */
export interface HttpMessage {
  /** `POST /generations HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Start line, headers and the empty line after them. */
  readonly headBytes: number;
  /** The body, one entry a chunk; one for a body with a length; none without a body. */
  readonly chunks: readonly Buffer[];
  /** Sizes, CRLFs, the last chunk and trailers. */
  readonly framingBytes: number;
}

/** What one direction of a connection carried. */
export interface HttpSide {
  readonly messages: readonly HttpMessage[];
  /** After an upgrade: what is no HTTP any more. */
  readonly rest: Buffer;
}

const CRLF = '\r\n';

/**
 * Reads the requests of one connection.
 * @throws {UnreadableWire} when it ends in the middle of one.
 */
export function parseRequests(bytes: Buffer): HttpSide {
  return parseMessages(bytes, (head) => bodyOf(head, false), isUpgradeRequest);
}

/**
 * Reads the responses of one connection.
 * @param methods of the requests, in order: an answer to HEAD has no body.
 * @param left the reader has left: then the last body may be without its end, after a whole chunk.
 * @throws {UnreadableWire} when it ends in the middle of one.
 */
export function parseResponses(bytes: Buffer, methods: readonly string[], left = false): HttpSide {
  const bodyOfResponse = (head: Head, index: number): BodyKind => {
    const status = statusOf(head.startLine);
    const none = methods[index] === 'HEAD' || status < 200 || status === 204 || status === 304;
    return none ? { kind: 'length', bytes: 0 } : bodyOf(head, true);
  };
  return parseMessages(bytes, bodyOfResponse, ({ startLine }) => statusOf(startLine) === 101, left);
}

/** The status of a response's start line. */
export function statusOf(startLine: string): number {
  return Number(startLine.split(' ')[1]);
}

interface Head {
  readonly startLine: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly headBytes: number;
}

type BodyKind =
  | { readonly kind: 'chunked' }
  | { readonly kind: 'length'; readonly bytes: number }
  /** Until the connection ends (RFC 9112, section 6.3, rule 8). */
  | { readonly kind: 'rest' };

function parseMessages(
  bytes: Buffer,
  kindOf: (head: Head, index: number) => BodyKind,
  switchesProtocol: (head: Head) => boolean,
  left = false,
): HttpSide {
  const messages: HttpMessage[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = parseHead(bytes, at);
    at += head.headBytes;
    if (switchesProtocol(head)) {
      messages.push({ ...head, chunks: [], framingBytes: 0 });
      return { messages, rest: bytes.subarray(at) };
    }
    const kind = kindOf(head, messages.length);
    const body = kind.kind === 'chunked' ? parseChunks(bytes, at, left) : plainBody(bytes, at, kind);
    at = body.end;
    messages.push({ ...head, chunks: body.chunks, framingBytes: body.framingBytes });
  }
  return { messages, rest: bytes.subarray(at) };
}

function parseHead(bytes: Buffer, at: number): Head {
  const end = bytes.indexOf(CRLF + CRLF, at);
  if (end === -1) throw new UnreadableWire('The capture ends inside of the headers of a message.');
  const [startLine = '', ...lines] = bytes.toString('latin1', at, end).split(CRLF);
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { startLine, headers: new Map(fields), headBytes: end + 4 - at };
}

function bodyOf({ headers }: Head, isResponse: boolean): BodyKind {
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return { kind: 'chunked' };
  const length = headers.get('content-length');
  if (length !== undefined) return { kind: 'length', bytes: Number(length) };
  return isResponse ? { kind: 'rest' } : { kind: 'length', bytes: 0 };
}

function isUpgradeRequest({ headers }: Head): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket';
}

interface Body {
  readonly chunks: readonly Buffer[];
  readonly framingBytes: number;
  readonly end: number;
}

function plainBody(bytes: Buffer, at: number, kind: Exclude<BodyKind, { kind: 'chunked' }>): Body {
  const end = kind.kind === 'rest' ? bytes.length : at + kind.bytes;
  if (end > bytes.length) throw new UnreadableWire('The capture ends inside of a body.');
  return { chunks: end > at ? [bytes.subarray(at, end)] : [], framingBytes: 0, end };
}

/** RFC 9112, section 7.1. */
function parseChunks(bytes: Buffer, start: number, left: boolean): Body {
  const chunks: Buffer[] = [];
  let framingBytes = 0;
  let at = start;
  for (;;) {
    if (left && at === bytes.length) return { chunks, framingBytes, end: at };
    const line = lineAt(bytes, at);
    const size = /^[\da-f]+/i.exec(line)?.[0];
    if (size === undefined) throw new UnreadableWire(`This is no size of a chunk: ${JSON.stringify(line)}`);
    at += line.length + 2;
    framingBytes += line.length + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    if (bytes.toString('latin1', at + length, at + length + 2) !== CRLF) {
      throw new UnreadableWire('A chunk does not end where its size says, or the capture ends before it.');
    }
    chunks.push(bytes.subarray(at, at + length));
    at += length + 2;
    framingBytes += 2;
  }
  // Trailers, and the empty line after them.
  for (let line = ' '; line !== '';) {
    line = lineAt(bytes, at);
    at += line.length + 2;
    framingBytes += line.length + 2;
  }
  return { chunks, framingBytes, end: at };
}

function lineAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(CRLF, at);
  if (end === -1) throw new UnreadableWire('The capture ends inside of a chunked body.');
  return bytes.toString('latin1', at, end);
}
