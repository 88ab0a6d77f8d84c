import type { Way } from './span.js';

/** What a piece begins with, as far as its first bytes tell. */
export type Beginning =
  | { readonly is: 'head' }
  /** A chunk; of a body of this type, which is all that its first bytes tell about the headers. */
  | { readonly is: 'chunk'; readonly type: string }
  | { readonly is: 'frame' };

const LOOK_BYTES = 2_048;
const START = {
  up: /^[A-Z]{3,20} \/\S* HTTP\/1\.1\r\n/,
  down: /^HTTP\/1\.1 \d{3} /,
};
const CHUNK = /^[\da-f]{1,8}\r\n(?=(id: |data: |:\n|retry: )|[{\n])/i;
/** A whole text message that begins with a brace, or a control frame (RFC 6455, section 5.2). */
const FRAME = {
  up: /^(?:\x81[\x80-\xff]|[\x88-\x8a][\x80-\xfd])/,
  down: /^(?:\x81(?:[\x02-\x7d]|\x7e[^][^]|\x7f[^]{8})\{|[\x88-\x8a][\0-\x7d])/,
};

/**
 * Guesses where reading can begin when a connection was there before its tap, or when some of it was not seen: servers
 * write events one by one, so a piece often begins with a message, a chunk or a frame.
 */
export function beginningOf(way: Way, bytes: Uint8Array): Beginning | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, LOOK_BYTES));
  if (START[way].test(text)) return { is: 'head' };
  if (FRAME[way].test(text)) return { is: 'frame' };
  const chunk = way === 'down' ? CHUNK.exec(text) : null;
  if (!chunk) return undefined;
  return { is: 'chunk', type: chunk[1] === undefined ? 'application/x-ndjson' : 'text/event-stream' };
}
