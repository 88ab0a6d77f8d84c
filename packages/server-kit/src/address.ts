import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Whom a rate limit counts: the address at the other end of the socket, never a header, which anybody can write.
 * Of IPv6 the first 64 bits, because one customer gets all addresses below them.
 */
export function addressKey(req: IncomingMessage): string {
  const address = req.socket.remoteAddress ?? '';
  // An IPv4 client of a socket that listens on both.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  return `${networkOf(address)}::/64`;
}

/** The first four groups. A URL writes an address in its shortest form, from which `::` is filled up again. */
function networkOf(address: string): string {
  const short = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [left = '', right] = short.split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const rest = right === '' ? [] : right.split(':');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return groups.slice(0, 4).join(':');
}
