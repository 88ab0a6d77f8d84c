import type { Duplex } from 'node:stream';

import { TokenwireError } from '@tokenwire/protocol';
import { sendRawError } from '@tokenwire/server-kit';

/** A handshake that does not follow RFC 6455, section 4.2.1. */
export function badHandshake({ message }: Error): TokenwireError {
  return new TokenwireError('invalid_request', `This is no WebSocket handshake: ${message}.`);
}

/** Answers an upgrade that cannot be taken. */
export function refuseUpgrade(tcp: Duplex, error: TokenwireError): void {
  // RFC 6455, section 4.4: a server that refuses a version names those it speaks.
  sendRawError(tcp, error, ['Sec-WebSocket-Version: 13']);
}
