import {
  documentContent,
  eventStreamContent,
  linesContent,
  messageContent,
  textContent,
  utf8,
  type Content,
} from './content.js';
import { UNTOLD, type Dialect } from './dialects.js';
import { conversationOf } from './conversation.js';
import type { HttpMessage } from './parse-http.js';
import { CLOSE_OPCODE, CONTROL_OPCODE, messagesOf, type Frame } from './parse-websocket.js';
import { add, NOTHING, totalOf, UnreadableWire, type Parts } from './parts.js';
import type { Piece, RecordedConnection } from './recorder.js';

/** One direction of an answer. */
export interface Side {
  readonly parts: Parts;
  /** Everything that was seen at the socket; the sum of the parts. */
  readonly bytes: number;
  /** Chunks of bodies with content, bodies that came whole, and WebSocket frames. */
  readonly frames: number;
  /** Reads that the bytes came in: about the writes of the other side, as far as they did not come together. */
  readonly reads: number;
}

/** All bytes of one answer. */
export interface Ledger {
  readonly down: Side;
  readonly up: Side;
  /** HTTP requests; the handshake of a socket is one. */
  readonly requests: number;
  readonly connections: number;
  /** The answer's events, as far as they were seen one by one. */
  readonly events: number;
}

/**
 * Takes everything apart that went over the recorded connections.
 * @throws {UnreadableWire} when it is not whole, not understood, or when the parts are not exactly what was seen.
 */
export function ledgerOf(connections: readonly RecordedConnection[], dialect: Dialect): Ledger {
  let ledger: Ledger = { down: EMPTY, up: EMPTY, requests: 0, connections: 0, events: 0 };
  for (const connection of connections.filter(({ up }) => up.length > 0)) {
    const { requests, responses, upFrames, downFrames, raw } = conversationOf(connection);
    const contents = [
      ...responses.flatMap((response) => contentOf(response, dialect)),
      ...messages(downFrames, dialect),
      ...(raw ? linesContent(utf8([raw.down]), dialect) : []),
    ];
    const down = sideOf(connection.down, responses, downFrames, contents);
    const said = [...upwards(requests, upFrames), ...(raw ? [{ envelope: raw.up.length }] : [])];
    const up = sideOf(connection.up, requests, upFrames, said);
    ledger = {
      down: join(ledger.down, down),
      up: join(ledger.up, up),
      requests: ledger.requests + requests.length,
      connections: ledger.connections + 1,
      events: contents.reduce((total, { events }) => total + events, ledger.events),
    };
  }
  return ledger;
}

/**
 * The same ledger, with this much of the envelope as text.
 * @throws {UnreadableWire} when there is less.
 */
export function withPayload(ledger: Ledger, payload: number): Ledger {
  const { down } = ledger;
  if (down.parts.envelope < payload) throw new UnreadableWire(`The text is ${payload} bytes, all messages are fewer.`);
  return { ...ledger, down: { ...down, parts: add(down.parts, { payload, envelope: -payload }) } };
}

/** Whether an answer has gone past to its end: every request is answered, and every socket has been closed. */
export function isWhole(connections: readonly RecordedConnection[]): boolean {
  const used = connections.filter(({ up }) => up.length > 0);
  return used.length > 0 && used.every((connection) => isClosed(connection));
}

function isClosed(connection: RecordedConnection): boolean {
  try {
    const { requests, responses, upFrames, downFrames, raw } = conversationOf(connection);
    if (raw) return connection.closed;
    // A request that is given up with its connection is never answered.
    if (requests.length !== responses.length) return connection.closed;
    const isSocket = responses.some(({ startLine }) => startLine.includes(' 101 '));
    if (!isSocket || connection.closed) return true;
    return [upFrames, downFrames].every((frames) => frames.at(-1)?.opcode === CLOSE_OPCODE);
  } catch (error) {
    if (error instanceof UnreadableWire && !connection.closed) return false;
    throw error;
  }
}

const EMPTY: Side = { parts: NOTHING, bytes: 0, frames: 0, reads: 0 };

const join = (one: Side, other: Side): Side => ({
  parts: add(one.parts, other.parts),
  bytes: one.bytes + other.bytes,
  frames: one.frames + other.frames,
  reads: one.reads + other.reads,
});

/** @throws {UnreadableWire} when the parts are not all there is. */
function sideOf(
  pieces: readonly Piece[],
  http: readonly HttpMessage[],
  frames: readonly Frame[],
  contents: readonly Partial<Parts>[],
): Side {
  let parts = NOTHING;
  for (const { headBytes, framingBytes } of http) parts = add(parts, { http: headBytes, framing: framingBytes });
  for (const { headerBytes, opcode, payload } of frames) {
    parts = add(parts, { framing: headerBytes + (opcode >= CONTROL_OPCODE ? payload.length : 0) });
  }
  for (const content of contents) parts = add(parts, content);
  const bytes = pieces.reduce((total, piece) => total + piece.bytes.length, 0);
  if (totalOf(parts) !== bytes) {
    throw new UnreadableWire(`The parts are ${totalOf(parts)} bytes, but ${bytes} were seen: ${JSON.stringify(parts)}`);
  }
  const chunks = http.reduce((total, message) => total + message.chunks.length, 0);
  return { parts, bytes, frames: chunks + frames.length, reads: pieces.length };
}

function contentOf({ headers, chunks }: HttpMessage, dialect: Dialect): readonly Content[] {
  const bytes = chunks.reduce((total, { length }) => total + length, 0);
  if (bytes === 0) return [];
  if (headers.has('content-encoding')) return [{ coded: bytes, events: 0 }];
  const body = utf8(chunks);
  const [type] = (headers.get('content-type') ?? '').split(';');
  switch (type) {
    case 'application/x-ndjson':
      return linesContent(body, dialect);
    case 'text/event-stream':
      return eventStreamContent(body, dialect);
    default:
      return [dialect === UNTOLD ? { envelope: bytes, events: 0 } : wholeContent(type, body, dialect)];
  }
}

function wholeContent(type: string | undefined, body: string, dialect: Dialect): Content {
  if (type === 'application/json') return documentContent(body, dialect);
  if (type === 'text/plain') return textContent(body);
  throw new UnreadableWire(`Nothing is known about a body of type ${type}.`);
}

function messages(frames: readonly Frame[], dialect: Dialect): readonly Content[] {
  return messagesOf(frames).map(({ compressed, payload }) =>
    compressed ? { coded: payload.length, events: 0 } : messageContent(utf8([payload]), dialect),
  );
}

/** What a client says is no part of the answer: its JSON is all envelope. */
function upwards(requests: readonly HttpMessage[], frames: readonly Frame[]): readonly Partial<Parts>[] {
  const bodies = requests.flatMap(({ chunks }) => chunks.map(({ length }) => ({ envelope: length })));
  const said = messagesOf(frames).map(({ compressed, payload }) => ({
    [compressed ? 'coded' : 'envelope']: payload.length,
  }));
  return [...bodies, ...said];
}
