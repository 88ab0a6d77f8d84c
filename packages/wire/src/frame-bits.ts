/** The names of opcodes (RFC 6455, section 11.8); all others are reserved. */
const OPCODES: Readonly<Record<number, string>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

/** From here on a frame controls the connection instead of carrying a message. */
export const CONTROL_OPCODE = 8;

/** The header of a frame, field by field (RFC 6455, section 5.2). */
export interface FrameHeader {
  /** The last frame of its message. */
  readonly fin: boolean;
  /** RSV1: compressed (RFC 7692, section 6). */
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  /** 0 to 15. */
  readonly opcode: number;
  /** `text`, `ping`, …; `reserved` for those without a name. */
  readonly opcodeName: string;
  readonly masked: boolean;
  /** The seven bits: the length itself, or 126 or 127 for 2 or 8 bytes of length after them. */
  readonly shortLength: number;
  /** Of the payload, in bytes. */
  readonly length: number;
}

/** How many bytes the header has without its mask, from its first two; undefined when there are fewer. */
export function frameHeaderSize(bytes: Uint8Array): number | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  return 2 + (short === 127 ? 8 : short === 126 ? 2 : 0);
}

/** Reads a header; undefined when it is not whole, or when its length is above 2⁵³. */
export function frameHeaderOf(bytes: Uint8Array): FrameHeader | undefined {
  const size = frameHeaderSize(bytes);
  if (size === undefined || bytes.length < size) return undefined;
  const [first = 0, second = 0] = bytes;
  let length = second & 0x7f;
  if (size > 2) length = bytes.subarray(2, size).reduce((total, byte) => total * 256 + byte, 0);
  if (!Number.isSafeInteger(length)) return undefined;
  const opcode = first & 0x0f;
  return {
    fin: (first & 0x80) !== 0,
    rsv1: (first & 0x40) !== 0,
    rsv2: (first & 0x20) !== 0,
    rsv3: (first & 0x10) !== 0,
    opcode,
    opcodeName: OPCODES[opcode] ?? 'reserved',
    masked: (second & 0x80) !== 0,
    shortLength: second & 0x7f,
    length,
  };
}

/** In one line: `FIN · text · 61 bytes`. */
export function describeFrame({ fin, rsv1, opcode, opcodeName, masked, length }: FrameHeader): string {
  const name = opcodeName === 'reserved' ? `reserved opcode ${opcode}` : opcodeName;
  const words = [
    fin ? 'FIN' : 'not the last frame',
    ...(rsv1 ? ['RSV1: compressed'] : []),
    name,
    ...(masked ? ['masked'] : []),
    length === 1 ? '1 byte' : `${length} bytes`,
  ];
  return words.join(' · ');
}
