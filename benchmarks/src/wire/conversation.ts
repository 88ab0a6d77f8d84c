import { parseRequests, parseResponses, type HttpMessage } from './parse-http.js';
import { parseFrames, type Frame } from './parse-websocket.js';
import type { Piece, RecordedConnection } from './recorder.js';

/** What a connection carried, taken apart. */
export interface Conversation {
  readonly requests: readonly HttpMessage[];
  readonly responses: readonly HttpMessage[];
  /** Frames after an upgrade. */
  readonly upFrames: readonly Frame[];
  readonly downFrames: readonly Frame[];
  /** Of a connection without HTTP: all of it. */
  readonly raw?: { readonly up: Buffer; readonly down: Buffer };
}

const REQUEST_LINE = /^[A-Z]+ \S+ HTTP\/1\.1\r\n/;

/** @throws {UnreadableWire} when it is not whole, or not understood. */
export function conversationOf({ up, down, closed }: RecordedConnection): Conversation {
  const [said, heard] = [bytesOf(up), bytesOf(down)];
  if (!REQUEST_LINE.test(said.toString('latin1'))) {
    return { requests: [], responses: [], upFrames: [], downFrames: [], raw: { up: said, down: heard } };
  }
  const asked = parseRequests(said);
  const methods = asked.messages.map(({ startLine }) => startLine.split(' ')[0] ?? '');
  const answered = parseResponses(heard, methods, closed);
  return {
    requests: asked.messages,
    responses: answered.messages,
    upFrames: parseFrames(asked.rest),
    downFrames: parseFrames(answered.rest),
  };
}

const bytesOf = (pieces: readonly Piece[]): Buffer => Buffer.concat(pieces.map(({ bytes }) => bytes));
