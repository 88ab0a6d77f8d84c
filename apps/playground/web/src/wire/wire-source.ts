import type { TapPiece } from '../../../src/control-protocol.js';

/** Where the panel's bytes come from. */
export interface WireSource {
  /** Calls back with pieces of one lane, in their order. Gives the function that ends it. */
  subscribe(onPieces: (pieces: readonly TapPiece[]) => void): () => void;
}

/** The bytes of a piece. */
export function bytesOf({ data }: Pick<TapPiece, 'data'>): Uint8Array {
  return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
}
