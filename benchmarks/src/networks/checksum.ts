const ETHERNET_HEADER_BYTES = 14;
const IPV4 = 0x0800;
const TCP = 6;

/**
 * Writes the checksum of a TCP segment (RFC 9293, section 3.1) in an Ethernet frame that begins at `offset`. The kernel
 * leaves it to network cards, and a virtual link has none. Anything but TCP over IPv4 stays as it is.
 */
export function completeChecksum(frame: Buffer, offset: number): void {
  const ip = offset + ETHERNET_HEADER_BYTES;
  if (frame.length < ip + 20 || frame.readUInt16BE(ip - 2) !== IPV4 || frame[ip + 9] !== TCP) return;
  const segment = ip + ((frame[ip] ?? 0) & 0x0f) * 4;
  const end = Math.min(frame.length, ip + frame.readUInt16BE(ip + 2));
  if (end < segment + 20) return;
  frame.writeUInt16BE(0, segment + 16);
  // The pseudo header: both addresses, the protocol, the length of the segment.
  const sum = sumOf(frame, ip + 12, ip + 20) + TCP + (end - segment) + sumOf(frame, segment, end);
  frame.writeUInt16BE(~fold(sum) & 0xffff, segment + 16);
}

/** Sum of the 16-bit words from `start` to `end`; an odd byte at the end counts as if a zero followed. */
export function sumOf(bytes: Buffer, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at + 1 < end; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return (end - start) % 2 === 1 ? sum + ((bytes[end - 1] ?? 0) << 8) : sum;
}

/** Adds carries until 16 bits are left (RFC 1071). */
export function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return folded;
}
