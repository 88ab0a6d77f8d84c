import { connectChunked } from '@tokenwire/client-chunked';
import type { Connect } from '@tokenwire/client-kit';
import { connectPolling } from '@tokenwire/client-polling';
import { connectSse } from '@tokenwire/client-sse';
import { connectWebSocket } from '@tokenwire/client-websocket';
import type { Mode } from '@tokenwire/protocol';
import type { LadderOptions } from './types.js';

export type LadderTransport = Exclude<Mode, 'short-poll'>;

/** From the one that asks most of the network to the one that asks least. */
export const LADDER = ['websocket', 'sse', 'chunked', 'long-poll'] as const satisfies readonly LadderTransport[];

const MAX_WAIT_SECONDS = 25;
const IDLE_TIMEOUT_MS = 37_500;
/** How long the answer to a poll may be overdue. */
const OVERDUE_MS = 5_000;

/**
 * Makes the connections of one transport. Polls wait for so long that a held one is never taken for a dead connection.
 * @throws {TokenwireError} `invalid_request` for `websocket` where there is no `WebSocket`.
 */
export function connectOver(transport: LadderTransport, options: LadderOptions): Connect {
  switch (transport) {
    case 'websocket':
      return connectWebSocket(options);
    case 'sse':
      return connectSse;
    case 'chunked':
      return connectChunked;
    case 'long-poll': {
      const idleSeconds = Math.floor(((options.idleTimeoutMs ?? IDLE_TIMEOUT_MS) - OVERDUE_MS) / 1000);
      return connectPolling(Math.min(MAX_WAIT_SECONDS, Math.max(0, idleSeconds)), options.minPollIntervalMs);
    }
  }
}
