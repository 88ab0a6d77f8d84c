import type { IncomingMessage } from 'node:http';

import { TokenwireError, type Clock } from '@tokenwire/protocol';
import {
  parseJsonText,
  passOf,
  report,
  ticketOf,
  TokenBucket,
  type Pass,
  type TransportSettings,
} from '@tokenwire/server-kit';
import type { WebSocket } from 'ws';

import { closeFor } from './close-for.js';
import { checkMessage } from './messages.js';

/** How long a socket without credentials may take to bring them, in milliseconds. */
const AUTHENTICATE_LIMIT_MS = 5_000;

/** What an upgrade says about who comes. */
export interface Arrival {
  /** Undefined: the first message must say it. */
  readonly pass?: Pass | undefined;
  /** Why nobody is let in. */
  readonly refusal?: TokenwireError;
}

/**
 * Whose socket this will be, asked before the handshake, because after the 101 no status can be given any more. A
 * browser cannot see a status here; so what it can come upon is a refusal that is told with a close code.
 * @throws {TokenwireError} `not_found` for other paths; what `ownerOf` throws.
 */
export function arrivalOf(req: IncomingMessage, settings: TransportSettings): Arrival {
  if (!/^\/generations\/?(\?|$)/.test(req.url ?? '')) {
    throw new TokenwireError('not_found', 'WebSockets are opened on /generations.');
  }
  const ticket = ticketOf(req);
  try {
    settings.admitStream();
    if (ticket !== undefined) return { pass: passOf(ticket, settings) };
  } catch (thrown) {
    return { refusal: report(thrown, settings.log, { path: '/generations' }).error };
  }
  const silent = req.headers.authorization === undefined && settings.ownerOfToken !== undefined;
  return silent ? {} : { pass: { owner: settings.ownerOf(req) } };
}

/** Beyond this the other end reads nothing, and needs no pong. */
const MAX_PONG_QUEUE_BYTES = 16 * 1024;

/** Receives a socket: turns it away, waits until it has said who it is, or welcomes it at once. */
export function greet(
  socket: WebSocket,
  { pass, refusal }: Arrival,
  settings: TransportSettings,
  clock: Clock,
  welcome: (pass: Pass) => void,
): void {
  // Errors of the protocol or the network; `close` follows each of them.
  socket.on('error', () => {});
  answerPings(socket, clock);
  if (refusal) closeFor(socket, refusal);
  else if (pass) welcome(pass);
  else awaitPass(socket, settings, clock, welcome);
}

/** Who pings without end wants our answers to pile up. */
function answerPings(socket: WebSocket, clock: Clock): void {
  const bucket = new TokenBucket({ clock, perSecond: 10, burst: 100 });
  socket.on('ping', (data) => {
    if (bucket.take() > 0) socket.close(1008, 'too many pings');
    else if (socket.bufferedAmount < MAX_PONG_QUEUE_BYTES) socket.pong(data);
  });
}

/**
 * Waits for the message `authenticate`. Nothing else is listened to before it; who does not send it, or sends a wrong
 * credential, is closed with 4501.
 * @param welcome called at once, so that messages sent right behind it are heard.
 */
function awaitPass(socket: WebSocket, settings: TransportSettings, clock: Clock, welcome: (pass: Pass) => void): void {
  const close = (error: unknown): void => closeFor(socket, report(error, settings.log, { path: '/generations' }).error);
  const late = (): void => close(new TokenwireError('unauthenticated', 'The first message did not come in time.'));
  const callOff = clock.after(AUTHENTICATE_LIMIT_MS, late, { background: true });
  socket.once('close', callOff);
  socket.once('message', (data: Buffer) => {
    callOff();
    socket.off('close', callOff);
    let pass: Pass;
    try {
      pass = passInMessage(data, settings);
    } catch (error) {
      return close(error);
    }
    welcome(pass);
  });
}

function passInMessage(data: Buffer, settings: TransportSettings): Pass {
  const message = parseJsonText(data.toString());
  checkMessage(message);
  if (message.type !== 'authenticate' || !settings.ownerOfToken) {
    throw new TokenwireError('unauthenticated', 'The first message must be authenticate.');
  }
  const { token, ticket } = message;
  return token === undefined ? passOf(ticket ?? '', settings) : { owner: settings.ownerOfToken(token) };
}
