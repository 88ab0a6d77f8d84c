import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { TokenwireError } from '@tokenwire/protocol';
import { sendRawError, type TransportSettings } from '@tokenwire/server-kit';

/**
 * Whose socket this will be. Asked before the handshake, because after the 101 no status can be given any more.
 * @throws {TokenwireError} `not_found` for other paths, `unauthenticated` and `forbidden` from `ownerOf`.
 */
export function admitUpgrade(req: IncomingMessage, { ownerOf }: TransportSettings): string {
  if (/^\/generations\/?(\?|$)/.test(req.url ?? '')) return ownerOf(req);
  throw new TokenwireError('not_found', 'WebSockets are opened on /generations.');
}

/** A handshake that does not follow RFC 6455, section 4.2.1. */
export function badHandshake({ message }: Error): TokenwireError {
  return new TokenwireError('invalid_request', `This is no WebSocket handshake: ${message}.`);
}

/** Answers an upgrade that cannot be taken. */
export function refuseUpgrade(tcp: Duplex, error: TokenwireError): void {
  // RFC 6455, section 4.4: a server that refuses a version names those it speaks.
  sendRawError(tcp, error, ['Sec-WebSocket-Version: 13']);
}
