import { once } from 'node:events';
import { connect } from 'node:tls';

import type { Limits, Outcome, Request } from './exchange.js';
import { exchangeHttp1 } from './http1.js';
import { exchangeHttp2 } from './http2.js';

/** Longest that a TLS handshake may take, in milliseconds. */
const HANDSHAKE_MS = 10_000;

/** Makes exchanges with one origin, in the version of HTTP that a browser would speak with it. */
export type Exchange = (request: Request, limits: Limits) => Promise<Outcome>;

/** The protocol that a server chooses in the TLS handshake, as `h2`; undefined without TLS, or without an answer. */
export async function negotiated(url: URL, insecure: boolean): Promise<string | undefined> {
  if (url.protocol !== 'https:') return undefined;
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  const socket = connect({
    host,
    port: Number(url.port || 443),
    // An address is no name: TLS has no SNI for it.
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    ALPNProtocols: ['h2', 'http/1.1'],
    rejectUnauthorized: !insecure,
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(HANDSHAKE_MS) });
    return socket.alpnProtocol || 'http/1.1';
  } catch {
    // The exchange itself will fail in the same way, and say why.
    return undefined;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

/** The exchange for a negotiated protocol. */
export function exchangeOver(alpn: string | undefined): Exchange {
  return alpn === 'h2' ? exchangeHttp2 : exchangeHttp1;
}
