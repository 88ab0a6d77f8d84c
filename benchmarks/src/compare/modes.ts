import { streamChunked } from '@tokenwire/client-chunked';
import type { OpenStream } from '@tokenwire/client-kit';
import { streamLongPoll, streamShortPoll } from '@tokenwire/client-polling';
import { streamSse } from '@tokenwire/client-sse';
import { streamWebSocket } from '@tokenwire/client-websocket';
import { BASELINE, MODES, transportOf, type Mode, type Transport } from '@tokenwire/protocol';

/** What is compared: the five modes, and no streaming at all. */
export type Measured = Mode | typeof BASELINE;

/** In the order of the table. */
export const MEASURED: readonly Measured[] = [...MODES, BASELINE];

/** The client of each mode. */
export const OPEN = {
  chunked: streamChunked,
  sse: streamSse,
  websocket: streamWebSocket,
  'long-poll': streamLongPoll,
  'short-poll': streamShortPoll,
} as const satisfies Record<Mode, OpenStream>;

/** The server of each mode. Every server can answer as a batch; the polling server is the one made for it. */
export const SERVER_OF = { ...transportOf, [BASELINE]: 'polling' } as const satisfies Record<Measured, Transport>;
