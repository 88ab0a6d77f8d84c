/** Sizes as the standards have them. All in bytes. */

/** A text in UTF-8. */
export function sizeOf(text: string): number {
  return Buffer.byteLength(text);
}

/** A start line with its headers and the empty line after them (RFC 9112, section 2.1). */
export function headBytes(startLine: string, headers: Readonly<Record<string, string | number>>): number {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return sum([startLine, ...lines, ''].map((line) => sizeOf(line) + 2));
}

/** What surrounds a chunk: its size in hexadecimal and two CRLFs (RFC 9112, section 7.1). */
export function chunkFraming(bytes: number): number {
  return bytes.toString(16).length + 4;
}

/** `0`, CRLF, no trailers, CRLF. */
export const LAST_CHUNK = 5;

/** The header of a frame: two bytes, a longer length, four bytes of mask (RFC 6455, section 5.2). */
export function frameHeader(bytes: number, masked: boolean): number {
  return 2 + (bytes > 65_535 ? 8 : bytes > 125 ? 2 : 0) + (masked ? 4 : 0);
}

/** A close frame: with a code, it has a payload of two bytes (RFC 6455, section 5.5.1). */
export function closeFrame({ code, masked }: { readonly code: boolean; readonly masked: boolean }): number {
  const payload = code ? 2 : 0;
  return frameHeader(payload, masked) + payload;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
