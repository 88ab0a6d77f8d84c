/**
 * WebSocket: one connection in both directions. Each event is one text message; the same socket carries the request,
 * the stop, and any number of other generations, told apart by the client's `ref`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Generation, Generations, LogEntry } from '@tokenwire/generation-log';
import { WEBSOCKET_PROTOCOL } from '@tokenwire/protocol';
import {
  DEFAULT_SETTINGS,
  drained,
  toTokenwireError,
  type Mounted,
  type TransportSettings,
} from '@tokenwire/server-kit';
import { WebSocketServer, type WebSocket } from 'ws';

import { Conversation, type Send } from './conversation.js';
import { writeMessages } from './frames.js';
import { admitUpgrade, badHandshake, refuseUpgrade } from './refuse-upgrade.js';
import { plainHttpRouter } from './plain-http.js';

// How long a closing socket may take to answer before it is destroyed. Spread: the published types do not know it yet.
const CLOSE_TIMEOUT = { closeTimeout: 5_000 };

/** The WebSocket transport over a registry: `upgrade` for the server's `upgrade` event, a router for plain HTTP. */
export function websocketTransport(generations: Generations, options: Partial<TransportSettings> = {}): Mounted {
  const settings = { ...DEFAULT_SETTINGS, ...options };

  // HANDSHAKE — an HTTP request that is answered with 101, after which the TCP connection carries frames. Compression
  // stays off: for messages of a few bytes it costs more than it saves.
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 64 * 1024,
    handleProtocols: (offered) => offered.has(WEBSOCKET_PROTOCOL) && WEBSOCKET_PROTOCOL,
    ...CLOSE_TIMEOUT,
  });
  const upgrade = (req: IncomingMessage, tcp: Duplex, head: Buffer): void => {
    let owner: string;
    try {
      owner = admitUpgrade(req, settings);
    } catch (error) {
      return refuseUpgrade(tcp, toTokenwireError(error));
    }
    sockets.handleUpgrade(req, tcp, head, (socket) => {
      const send: Send = (...what) => sendEvents(socket, tcp, settings, ...what);
      const conversation = new Conversation(socket, { generations, owner, send });
      converse(socket, conversation, settings);
      conversation.attachFrom(req.url ?? '');
    });
  };
  sockets.on('wsClientError', (error, tcp) => refuseUpgrade(tcp, badHandshake(error)));
  const close = (): void => {
    for (const socket of sockets.clients) socket.close(1012, 'draining');
  };
  return { router: plainHttpRouter(generations, settings), upgrade, close };
}

async function sendEvents(
  socket: WebSocket,
  tcp: Duplex,
  { writeStallMs }: TransportSettings,
  ref: number,
  generation: Generation,
  seq: number,
  signal: AbortSignal,
): Promise<void> {
  // RESUME — `attach` named a cursor, `generate` begins at 0; everything strictly after it follows. Batches are as large
  // as the reader is late.
  const done = generation.log.terminal?.seq === seq ? ',"done":true' : '';
  socket.send(`{"ref":${ref},"generation":"${generation.id}","cursor":"${generation.id}.${seq}"${done}}`);
  const batches = generation.read(seq, { signal });

  // FRAMING — one event, one message, one frame of the protocol's own: a type, a length, UTF-8 text. The frames of a
  // batch are written together.
  const messages = (batch: readonly LogEntry[]) => batch.map(({ json }) => `{"ref":${ref},"event":${json}}`);

  // BACKPRESSURE — a full connection is not written to. Nothing queues up meanwhile: the log keeps what comes, and the
  // next batch is larger. Who takes nothing for too long is closed with 4008, and may resume.
  for await (const batch of batches) {
    if (socket.readyState !== socket.OPEN) break;
    if (!writeMessages(tcp, messages(batch)) && !(await drained(tcp, writeStallMs)))
      socket.close(4008, 'slow_consumer');
  }
}

function converse(socket: WebSocket, conversation: Conversation, { heartbeatMs }: TransportSettings): void {
  socket.on('message', (data, isBinary) => conversation.hear(data, isBinary));
  // Errors of the protocol or the network; `close` follows each of them.
  socket.on('error', () => {});

  // HEARTBEAT — a protocol ping shows the server that the other end lives; a message shows the client, because a browser
  // cannot see pings. Who said nothing since the last one is gone.
  let alive = true;
  const heard = () => (alive = true);
  socket.on('pong', heard).on('message', heard);
  const heartbeat = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
    socket.send('{"type":"ping"}');
  }, heartbeatMs);

  // CANCEL — a socket that closes ends the reading of all its generations, and stops none of them: each goes on until its
  // grace period is over. Stopping is the message `{"type":"stop"}`.
  socket.on('close', () => {
    clearInterval(heartbeat);
    conversation.leave();
  });

  // END — of an answer: its terminal event; the socket stays open for the next. Of the server: close code 1012, above,
  // which means "come back". Of the conversation: whoever closes first.
}
