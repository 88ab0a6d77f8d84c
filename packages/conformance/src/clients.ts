import { streamChunked } from '@tokenwire/client-chunked';
import type { OpenStream } from '@tokenwire/client-kit';
import { streamLongPoll, streamShortPoll } from '@tokenwire/client-polling';
import { streamSse } from '@tokenwire/client-sse';
import { streamWebSocket } from '@tokenwire/client-websocket';
import type { Mode } from '@tokenwire/protocol';
import { WebSocket } from 'ws';

const MODES: Record<Mode, OpenStream> = {
  chunked: streamChunked,
  sse: streamSse,
  websocket: streamWebSocket,
  'long-poll': streamLongPoll,
  'short-poll': streamShortPoll,
};

/**
 * The clients of all modes, for Node 20, which has no WebSocket of its own. Waits are short, because a suite cuts
 * hundreds of connections and a server on the same machine needs no mercy; options that a test gives win.
 */
export const CLIENTS: Readonly<Record<Mode, OpenStream>> = {
  chunked: impatient(MODES.chunked),
  sse: impatient(MODES.sse),
  websocket: impatient(MODES.websocket),
  'long-poll': impatient(MODES['long-poll']),
  'short-poll': impatient(MODES['short-poll']),
};

function impatient(open: OpenStream): OpenStream {
  return (options) =>
    open({
      WebSocket: WebSocket,
      retry: { baseMs: 5, capMs: 200 },
      minPollIntervalMs: 25,
      ...options,
    });
}
