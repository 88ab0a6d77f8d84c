import { streamChunked } from '@tokenwire/client-chunked';
import type { OpenStream } from '@tokenwire/client-kit';
import { streamLongPoll, streamShortPoll } from '@tokenwire/client-polling';
import { streamSse } from '@tokenwire/client-sse';
import { streamWebSocket } from '@tokenwire/client-websocket';
import type { Mode } from '@tokenwire/protocol';

/** The published clients, one for each mode. The page has no reader of its own. */
export const CLIENTS: Record<Mode, OpenStream> = {
  chunked: streamChunked,
  sse: streamSse,
  websocket: streamWebSocket,
  'long-poll': streamLongPoll,
  'short-poll': streamShortPoll,
};
