import type { Duplex } from 'node:stream';

import { TokenwireError } from '@tokenwire/protocol';

import { sendRawError } from './raw-error.js';

/**
 * Answers what Node's HTTP parser refuses, before any route sees it, with our error body.
 * The connection is closed: after a parse error nobody knows where the next request would begin.
 */
export function answerClientError(error: Error & { readonly code?: string }, tcp: Duplex): void {
  if (!tcp.writable || error.code === 'ECONNRESET') return void tcp.destroy();
  sendRawError(tcp, describe(error.code));
}

function describe(code: string | undefined): TokenwireError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new TokenwireError('headers_too_large', 'The request line and headers are larger than 16 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new TokenwireError('request_timeout', 'The request did not arrive in time.');
    default:
      return new TokenwireError('invalid_request', 'This is not an HTTP request.');
  }
}
