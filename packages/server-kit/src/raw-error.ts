import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import type { TokenwireError } from '@tokenwire/protocol';

import { errorHeaders } from './errors.js';

/**
 * Answers with our error body where there is no response object: requests that Node's parser or a WebSocket handshake
 * refuses. The connection is closed.
 */
export function sendRawError(tcp: Duplex, error: TokenwireError, headers: readonly string[] = []): void {
  const body = JSON.stringify({ error: error.toBody() });
  const own = Object.entries(errorHeaders(error)).filter(([name]) => name !== 'Connection');
  const head = [
    `HTTP/1.1 ${error.httpStatus} ${STATUS_CODES[error.httpStatus]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...own.map(([name, value]) => `${name}: ${value}`),
    ...headers,
  ];
  // The client may have gone already; there is nobody left to tell.
  tcp.on('error', () => {});
  tcp.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
