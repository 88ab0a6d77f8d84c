/**
 * Reads with `socket.io-client`. Option `transport`: `websocket` or `polling`, and no other, where the default begins
 * with one and goes over to the other. Each answer has a connection of its own, and a lost one is not made again.
 */
import { Agent } from 'node:http';

import type { Read } from '@tokenwire/benchmarks/driver';
import { io, type Socket } from 'socket.io-client';

/** Without it each poll would open a connection, which no browser does. */
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export const read: Read = ({ url, stream, options, signal }, sink) =>
  new Promise((resolve, reject) => {
    const socket = io(url, {
      transports: [options['transport'] as 'websocket' | 'polling'],
      query: { stream: String(stream) },
      forceNew: true,
      reconnection: false,
      // Polls only: for its WebSocket the client has none.
      ...(options['transport'] === 'polling' ? { agent: agent as unknown as string } : {}),
    });
    const requests = countRequests(socket);
    const fail = (error: unknown): void => {
      socket.disconnect();
      reject(error);
    };
    socket.on('connect', () => sink.headers());
    socket.on('token', (text: string) => sink.token(text));
    socket.on('done', () => {
      sink.requests(requests(), 0);
      resolve();
      socket.disconnect();
    });
    socket.on('connect_error', fail);
    socket.on('disconnect', (reason) => fail(new Error(`disconnected: ${reason}`)));
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });

/** One for a WebSocket; for polling each GET that waits, and each POST that says something. */
function countRequests({ io: { engine } }: Socket): () => number {
  if (engine.transport.name === 'websocket') return () => 1;
  // The first poll, the handshake, has begun.
  let requests = 1;
  engine.transport.on('poll', () => (requests += 1));
  engine.on('flush', () => (requests += 1));
  return () => requests;
}
