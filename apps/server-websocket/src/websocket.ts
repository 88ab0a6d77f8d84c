/**
 * WebSocket: one connection in both directions. Each event is one text message; the same socket carries the request,
 * the stop, and any number of other generations, told apart by the client's `ref`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Generation, Generations } from '@tokenwire/generation-log';
import { formatCursor, WEBSOCKET_PROTOCOL } from '@tokenwire/protocol';
import { DEFAULT_SETTINGS, toTokenwireError, type Mounted, type TransportSettings } from '@tokenwire/server-kit';
import { WebSocketServer, type WebSocket } from 'ws';

import { Conversation, type Send } from './conversation.js';
import { Outlet } from './outlet.js';
import { plainHttpRouter } from './plain-http.js';
import { badHandshake, refuseUpgrade } from './refuse-upgrade.js';
import { arrivalOf, greet, type Arrival } from './who.js';

// How long a closing socket may take to answer before it is destroyed, and in how many frames a message may come.
// Spread: the published types do not know them yet.
const UNTYPED = { closeTimeout: 5_000, maxFragments: 1_024 };

/** The WebSocket transport over a registry: `upgrade` for the server's `upgrade` event, a router for plain HTTP. */
export function websocketTransport(generations: Generations, options: Partial<TransportSettings> = {}): Mounted {
  const settings = { ...DEFAULT_SETTINGS, ...options };

  // HANDSHAKE — an HTTP request that is answered with 101, after which the TCP connection carries frames. Compression
  // stays off: for messages of a few bytes it costs more than it saves.
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 64 * 1024,
    autoPong: false,
    handleProtocols: (offered) => offered.has(WEBSOCKET_PROTOCOL) && WEBSOCKET_PROTOCOL,
    ...UNTYPED,
  });
  const upgrade = (req: IncomingMessage, tcp: Duplex, head: Buffer): void => {
    let arrival: Arrival;
    try {
      arrival = arrivalOf(req, settings);
    } catch (error) {
      return refuseUpgrade(tcp, toTokenwireError(error));
    }
    sockets.handleUpgrade(req, tcp, head, (socket) => {
      greet(socket, arrival, settings, generations.clock, (pass) => {
        const outlet = new Outlet(socket, tcp, settings.writeStallMs);
        const send: Send = (...what) => sendEvents(outlet, ...what);
        const conversation = new Conversation(socket, { generations, settings, pass, outlet, send });
        converse(socket, outlet, conversation, settings);
        conversation.attachFrom(req.url ?? '');
      });
    });
  };
  sockets.on('wsClientError', (error, tcp) => refuseUpgrade(tcp, badHandshake(error)));
  const close = (): void => {
    for (const socket of sockets.clients) socket.close(1012, 'draining');
  };
  return { router: plainHttpRouter(generations, settings), upgrade, close };
}

async function sendEvents(
  outlet: Outlet,
  ref: number,
  generation: Generation,
  seq: number,
  signal: AbortSignal,
): Promise<void> {
  // RESUME — `attach` named a cursor, `generate` begins at 0; everything strictly after it follows. Batches are as large
  // as the reader is late.
  const done = generation.log.terminal?.seq === seq ? { done: true } : {};
  outlet.say({ ref, generation: generation.id, cursor: formatCursor(generation.id, seq), ...done });
  const batches = generation.read(seq, { signal });

  // FRAMING — one event, one message, one frame of the protocol's own: a type, a length, UTF-8 text. The frames of a
  // batch are written together.
  const before = `{"ref":${ref},"event":`;
  const after = '}';

  // BACKPRESSURE — a full connection is not written to, whichever of its answers has filled it. Nothing queues up
  // meanwhile: the log keeps what comes, and the next batch is larger. Who takes nothing for too long is closed with
  // 4008, and may resume.
  for await (const batch of batches) {
    // Asked again after each wait: another answer may have been quicker.
    while (outlet.full) if (!(await outlet.room())) return;
    if (signal.aborted) return;
    outlet.sendEvents(batch, before, after);
  }
}

function converse(
  socket: WebSocket,
  outlet: Outlet,
  conversation: Conversation,
  { heartbeatMs }: TransportSettings,
): void {
  socket.on('message', (data, isBinary) => conversation.hear(data, isBinary));

  // HEARTBEAT — a protocol ping shows the server that the other end lives; a message shows the client, because a browser
  // cannot see pings. Who left two unanswered is gone. A full connection is not pinged: the ping would wait.
  let unanswered = 0;
  const heard = () => (unanswered = 0);
  socket.on('pong', heard).on('message', heard);
  const heartbeat = setInterval(() => {
    if (outlet.full) return;
    if (unanswered === 2) return socket.terminate();
    unanswered += 1;
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
