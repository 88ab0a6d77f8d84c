import type { TapPiece } from '../../../src/control-protocol.js';

/** Where the panel's bytes come from. */
export interface WireSource {
  /** Calls back with pieces of one lane, in their order. Gives the function that ends it. */
  subscribe(onPieces: (pieces: readonly TapPiece[]) => void): () => void;
}

/** The bytes of a piece. */
export function bytesOf({ data }: Pick<TapPiece, 'data'>): Uint8Array {
  const letters = atob(data);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
