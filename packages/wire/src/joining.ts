import { CONTROL_OPCODE, frameHeaderOf, frameHeaderSize } from './frame-bits.js';
import type { Way } from './span.js';

/** What a piece begins with, as far as its first bytes tell. */
export type Beginning =
  | { readonly is: 'head' }
  /** A chunk; of a body of this type, which is all that its first bytes tell about the headers. */
  | { readonly is: 'chunk'; readonly type: string }
  | { readonly is: 'frame' };

const LOOK_BYTES = 2_048;
/** Of a frame, without its mask. */
const LONGEST_HEADER = 10;
const START = {
  up: /^[A-Z]{3,20} \/\S* HTTP\/1\.1\r\n/,
  down: /^HTTP\/1\.1 \d{3} /,
};
const CHUNK = /^[\da-f]{1,8}\r\n(?=(id: |data: |:\n|retry: )|[{\n])/i;
const BRACE = 0x7b;

/** A whole text message that begins with a brace, as far as it can be seen, or a control frame. */
function beginsWithFrame(way: Way, bytes: Uint8Array): boolean {
  const header = frameHeaderOf(bytes.subarray(0, LONGEST_HEADER));
  if (!header?.fin || header.rsv1 || header.rsv2 || header.rsv3 || header.masked !== (way === 'up')) return false;
  if (header.opcodeName === 'text') return way === 'up' || bytes[frameHeaderSize(bytes) ?? 0] === BRACE;
  return header.opcode >= CONTROL_OPCODE && header.opcodeName !== 'reserved' && header.length <= 125;
}

/**
 * Guesses where reading can begin when a connection was there before its tap, or when some of it was not seen: servers
 * write events one by one, so a piece often begins with a message, a chunk or a frame.
 */
export function beginningOf(way: Way, bytes: Uint8Array): Beginning | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, LOOK_BYTES));
  if (START[way].test(text)) return { is: 'head' };
  if (beginsWithFrame(way, bytes)) return { is: 'frame' };
  const chunk = way === 'down' ? CHUNK.exec(text) : null;
  if (!chunk) return undefined;
  return { is: 'chunk', type: chunk[1] === undefined ? 'application/x-ndjson' : 'text/event-stream' };
}
