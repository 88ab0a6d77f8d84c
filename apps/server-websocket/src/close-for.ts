import { SERVER_ERRORS, type ServerErrorCode, type TokenwireError } from '@tokenwire/protocol';
import type { WebSocket } from 'ws';

/** Closes a socket for an error, with the code that tells the client whether to come back. */
export function closeFor(socket: WebSocket, { code }: TokenwireError): void {
  const rule: object = code in SERVER_ERRORS ? SERVER_ERRORS[code as ServerErrorCode] : {};
  socket.close((rule as { readonly close?: number }).close ?? 1011, code);
}
