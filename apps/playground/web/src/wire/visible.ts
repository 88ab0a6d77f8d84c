/** A stretch of what is shown: text as it is, or the sign for a byte or a character that cannot be seen. */
export interface Visible {
  readonly text: string;
  readonly isSign: boolean;
}

/** Letters, because many fonts have no ␍ and ␊. */
const SIGNS: Readonly<Record<string, string>> = { '\r': 'CR', '\n': 'LF', '\t': 'TAB' };
/** Controls, and whatever changes the direction or has no width: they could make bytes look like others. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

/** Bytes as text: UTF-8 where it is; signs for line ends, tabs, and what does not print. */
export function visible(bytes: Uint8Array): readonly Visible[] {
  const out: { text: string; isSign: boolean }[] = [];
  const put = (text: string, isSign: boolean): void => {
    const last = out.at(-1);
    if (last && !last.isSign && !isSign) last.text += text;
    else out.push({ text, isSign });
  };
  for (let at = 0; at < bytes.length;) {
    const length = characterAt(bytes, at);
    if (length === 0) {
      put(hex(bytes[at] ?? 0), true);
      at += 1;
      continue;
    }
    const text = decoder.decode(bytes.subarray(at, at + length));
    const sign = SIGNS[text] ?? (UNSEEN.test(text) ? signOf(text, bytes[at] ?? 0) : undefined);
    put(sign ?? text, sign !== undefined);
    at += length;
  }
  return out;
}

const signOf = (text: string, byte: number): string =>
  byte < 0x80 ? hex(byte) : `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** How many bytes the character at this place has; 0 when there is none. */
function characterAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80) return 1;
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    decoder.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** `81 7e 00 f4`. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
