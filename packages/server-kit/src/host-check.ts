import type { IncomingMessage } from 'node:http';

import { TokenwireError } from '@tokenwire/protocol';

/** Names under which a server on the loopback interface is reached. */
const LOOPBACK_NAMES = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Whether a server that listens on `host` can only be reached from the same machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.test(host) || host === '::1';
}

/**
 * Refuses requests whose `Host` cannot be meant for this server.
 *
 * Two `Host` headers: proxies and servers would disagree about which counts (Node takes the first). A foreign name on
 * a loopback server: a page on the web whose name was made to point here (DNS rebinding) would read our answers.
 * @param loopbackOnly accept only the names of the loopback interface.
 * @throws {TokenwireError} `invalid_request`, `forbidden`.
 */
export function checkHost(req: IncomingMessage, loopbackOnly: boolean): void {
  const hosts = req.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) throw new TokenwireError('invalid_request', 'Send one Host header.');
  const { host } = req.headers;
  if (!loopbackOnly || host === undefined || LOOPBACK_NAMES.test(host)) return;
  throw new TokenwireError('forbidden', 'This server listens on loopback; reach it as localhost or 127.0.0.1.');
}
