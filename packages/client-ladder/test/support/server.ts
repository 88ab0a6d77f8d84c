import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StreamEvent } from '@tokenwire/protocol';
import { type Handler, honest, json } from '../../../client-kit/test/support/server.js';
import {
  type SocketServer,
  honest as honestSocket,
  socketServer,
} from '../../../client-websocket/test/support/server.js';
import type { LadderTransport } from '../../src/index.js';

/** What a faulty network or server does with one transport, instead of serving it. */
export type Fault = (seen: Parameters<Handler>[0], res: ServerResponse) => void;

export interface CombinedServer extends SocketServer {
  /** Transports that readers asked for, in order. */
  readonly asked: string[];
  /** Starts with different keys: each would be a generation. */
  readonly keys: Set<string>;
}

/** The transport that an HTTP request asks for; undefined for snapshots and the like. */
export function transportOf(seen: {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
}): LadderTransport | undefined {
  if (seen.method === 'POST' ? seen.path !== '/generations' : !seen.path.endsWith('/events')) return undefined;
  if (seen.headers.accept === 'text/event-stream') return 'sse';
  return seen.headers.accept === 'application/x-ndjson' ? 'chunked' : 'long-poll';
}

/** A server with all transports for one finished answer, of which some have a fault. */
export async function combinedServer(
  events: readonly StreamEvent[],
  faults: Partial<Record<'sse' | 'chunked' | 'long-poll' | 'readyz', Fault>> & {
    upgrade?: (socket: Duplex) => void;
  } = {},
): Promise<CombinedServer> {
  const asked: string[] = [];
  const keys = new Set<string>();
  const handler: Handler = (seen, res, n) => {
    if (seen.path === '/readyz') return faults.readyz ? faults.readyz(seen, res) : json(res, 200, {});
    const key = seen.headers['idempotency-key'];
    if (typeof key === 'string') keys.add(key);
    const transport = transportOf(seen);
    if (transport === undefined || transport === 'websocket') return honest('polling', events)(seen, res, n);
    asked.push(transport);
    const fault = faults[transport];
    if (fault) fault(seen, res);
    else honest(transport === 'long-poll' ? 'polling' : transport, events)(seen, res, n);
  };
  const server = await socketServer(
    (message, socket, n) => {
      if (message.type === 'generate') keys.add(message.idempotencyKey ?? randomUUID());
      honestSocket(events)(message, socket, n);
    },
    { handler },
  );
  server.http.prependListener('upgrade', () => asked.push('websocket'));
  const { upgrade } = faults;
  if (upgrade) {
    server.http.removeAllListeners('upgrade');
    server.http.on('upgrade', (_, socket: Duplex) => {
      asked.push('websocket');
      socket.on('error', () => undefined);
      upgrade(socket);
    });
  }
  return { ...server, asked, keys };
}
