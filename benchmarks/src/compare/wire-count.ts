import { passThrough, type PassThrough } from '../wire/pass-through.js';

/** A pass-through that counts. */
export interface WireCounter extends PassThrough {
  /** Bytes of TCP payload so far, in both directions: HTTP or WebSocket with everything, without TCP/IP headers. */
  readonly counts: () => { readonly upBytes: number; readonly downBytes: number };
}

/** Counts the bytes to and from a server. */
export async function countWire(serverUrl: string): Promise<WireCounter> {
  let upBytes = 0;
  let downBytes = 0;
  const { url, close } = await passThrough(serverUrl, () => ({
    up: ({ length }) => void (upBytes += length),
    down: ({ length }) => void (downBytes += length),
    closed: () => {},
  }));
  return { url, counts: () => ({ upBytes, downBytes }), close };
}
