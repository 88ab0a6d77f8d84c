import { UnreadableWire } from './parts.js';

/** One frame (RFC 6455, section 5.2). */
export interface Frame {
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  /** The last one of its message. */
  readonly fin: boolean;
  /** RSV1: compressed (RFC 7692, section 6). */
  readonly compressed: boolean;
  /** Two bytes, the longer length, the mask. */
  readonly headerBytes: number;
  /** Without its mask. */
  readonly payload: Buffer;
}

/** From here on a frame controls the connection instead of carrying a message. */
export const CONTROL_OPCODE = 8;
export const CLOSE_OPCODE = 8;

/**
 * Reads the frames of one direction.
 * @throws {UnreadableWire} when it ends in the middle of one.
 */
export function parseFrames(bytes: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const frame = frameAt(bytes, at);
    frames.push(frame);
    at += frame.headerBytes + frame.payload.length;
  }
  return frames;
}

function frameAt(bytes: Buffer, at: number): Frame {
  const whole = (end: number): void => {
    if (end > bytes.length) throw new UnreadableWire('The capture ends inside of a frame.');
  };
  whole(at + 2);
  const [first, second] = [bytes.readUInt8(at), bytes.readUInt8(at + 1)];
  const short = second & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  const masked = (second & 0x80) !== 0;
  const headerBytes = 2 + lengthBytes + (masked ? 4 : 0);
  whole(at + headerBytes);
  const length =
    lengthBytes === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : lengthBytes === 2 ? bytes.readUInt16BE(at + 2) : short;
  const start = at + headerBytes;
  whole(start + length);
  const payload = Buffer.from(bytes.subarray(start, start + length));
  const mask = masked ? bytes.subarray(start - 4, start) : undefined;
  if (mask) for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0);
  return {
    opcode: first & 0x0f,
    fin: (first & 0x80) !== 0,
    compressed: (first & 0x40) !== 0,
    headerBytes,
    payload,
  };
}

/** A message, put together from its frames. */
export interface Message {
  readonly compressed: boolean;
  readonly payload: Buffer;
}

/** The messages of one direction: control frames left out, fragments put together. */
export function messagesOf(frames: readonly Frame[]): readonly Message[] {
  const messages: Message[] = [];
  let parts: Frame[] = [];
  for (const frame of frames) {
    if (frame.opcode >= CONTROL_OPCODE) continue;
    parts.push(frame);
    if (!frame.fin) continue;
    const payload = Buffer.concat(parts.map((part) => part.payload));
    messages.push({ compressed: parts[0]?.compressed ?? false, payload });
    parts = [];
  }
  if (parts.length > 0) throw new UnreadableWire('The capture ends inside of a fragmented message.');
  return messages;
}
