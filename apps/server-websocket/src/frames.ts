import type { Writable } from 'node:stream';

/** FIN and opcode 1: a whole text message. */
const TEXT = '\x81';

/**
 * Writes text messages as WebSocket frames (RFC 6455, section 5.2): a byte that says "text, complete", the length in
 * 7 bits, or 126 and 16 bits, or 127 and 64 bits, then UTF-8. A server does not mask. `ws` would do the same with two
 * buffers and two writes a message.
 *
 * Only complete messages: whoever mixes this with `ws` must not have a fragmented or compressed message under way.
 */
export function writeMessages(tcp: Writable, messages: readonly string[]): void {
  if (messages.length === 1 && messages[0] !== undefined) return writeMessage(tcp, messages[0]);
  tcp.cork();
  for (const message of messages) writeMessage(tcp, message);
  tcp.uncork();
}

/** Writes one message that is too large for a batch, of which the middle is bytes that other readers send too. */
export function writeGiant(tcp: Writable, before: string, middle: Buffer, after: string): void {
  const size = Buffer.byteLength(before) + middle.length + Buffer.byteLength(after);
  tcp.cork();
  tcp.write(header(size), 'latin1');
  for (const part of [before, middle, after]) tcp.write(part);
  tcp.uncork();
}

function writeMessage(tcp: Writable, message: string): void {
  const size = Buffer.byteLength(message);
  // ASCII, which is most of what models say, needs no buffer: header and text are one string of single bytes.
  if (size === message.length) return void tcp.write(header(size) + message, 'latin1');
  const frame = Buffer.allocUnsafe(size + 10);
  const start = frame.write(header(size), 'latin1');
  tcp.write(frame.subarray(0, start + frame.write(message, start)));
}

function header(size: number): string {
  if (size < 126) return TEXT + bytes(size, 1);
  return size < 65_536 ? `${TEXT}\x7e${bytes(size, 2)}` : `${TEXT}\x7f${bytes(size, 8)}`;
}

/** Big-endian, one character a byte. */
function bytes(value: number, count: number): string {
  let text = '';
  for (let rest = value; text.length < count; rest = Math.floor(rest / 256))
    text = String.fromCharCode(rest % 256) + text;
  return text;
}
