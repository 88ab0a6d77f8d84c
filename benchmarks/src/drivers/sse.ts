/**
 * Lean reader of SSE: of our server and of the control on `node:http`. Knows the one form in which both write events:
 * at most one `data:` a block, after `id:` or alone. See `LeanHttpOptions`.
 */
import type { Read } from './driver.js';
import { readHttp } from './lean-http.js';

const DATA = 'data: ';

/** The event in a block; undefined when it has none, as heartbeats. */
export function jsonOf(block: string): string | undefined {
  const at = block.indexOf(DATA);
  return at < 0 ? undefined : block.slice(at + DATA.length);
}

export const read: Read = (call, sink) =>
  readHttp(call, sink, { accept: 'text/event-stream', separator: '\n\n', jsonOf });
