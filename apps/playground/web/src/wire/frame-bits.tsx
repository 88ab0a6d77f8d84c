import { frameHeaderOf } from '@tokenwire/wire';
import { hexOf } from './visible.js';

export interface FrameBitsProps {
  /** Without the mask. */
  readonly header: Uint8Array;
  readonly mask: Uint8Array | undefined;
}

interface Field {
  readonly name: string;
  readonly bits: string;
  readonly meaning: string;
}

/** The header of a WebSocket frame, drawn as RFC 6455 draws it in section 5.2: field by field, with its bits. */
export function FrameBits({ header, mask }: FrameBitsProps) {
  const fields = fieldsOf(header, mask);
  if (!fields) return null;
  return (
    <ul className="wire-bits" aria-label={`Header of the frame: ${hexOf(header)}`}>
      {fields.map(({ name, bits, meaning }) => (
        <li key={name}>
          <span className="wire-bits-name">{name}</span>
          <code>{bits}</code>
          <span className="wire-bits-meaning">{meaning}</span>
        </li>
      ))}
    </ul>
  );
}

function fieldsOf(bytes: Uint8Array, mask: Uint8Array | undefined): readonly Field[] | undefined {
  const header = frameHeaderOf(bytes);
  if (!header) return undefined;
  const [first, second] = [...bytes.subarray(0, 2)].map((byte) => byte.toString(2).padStart(8, '0'));
  const { fin, rsv1, opcode, opcodeName, masked, shortLength, length } = header;
  const long = bytes.subarray(2);
  return [
    { name: 'FIN', bits: first?.[0] ?? '', meaning: fin ? 'last frame of the message' : 'more frames follow' },
    { name: 'RSV1–3', bits: first?.slice(1, 4) ?? '', meaning: rsv1 ? 'RSV1: compressed' : 'no extension' },
    { name: 'opcode', bits: first?.slice(4) ?? '', meaning: `${opcode}: ${opcodeName}` },
    { name: 'MASK', bits: second?.[0] ?? '', meaning: masked ? 'masked, as from every client' : 'not masked' },
    { name: 'length', bits: second?.slice(1) ?? '', meaning: lengthNote(shortLength) },
    ...(long.length > 0 ? [{ name: 'longer length', bits: hexOf(long), meaning: `${length} bytes` }] : []),
    ...(mask ? [{ name: 'masking key', bits: hexOf(mask), meaning: 'XORed with the payload' }] : []),
  ];
}

function lengthNote(short: number): string {
  if (short < 126) return `${short} bytes`;
  return `${short}: the length is in the next ${short === 126 ? 2 : 8} bytes`;
}
