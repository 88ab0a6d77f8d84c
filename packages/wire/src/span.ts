import type { Part } from './parts.js';

/** A direction: from the browser to the server, or from the server to the browser. */
export type Way = 'up' | 'down';

/** What a stretch of bytes is, in the words of the standard that says so. */
export type SpanKind =
  | 'request-line'
  | 'status-line'
  | 'header'
  | 'head-end'
  | 'body'
  | 'chunk-size'
  | 'chunk-end'
  | 'last-chunk'
  | 'sse-field'
  | 'sse-comment'
  | 'sse-event-end'
  | 'ndjson-line-end'
  | 'ndjson-heartbeat'
  | 'json'
  | 'text'
  | 'frame-header'
  | 'frame-mask'
  | 'frame-control'
  | 'unknown';

/** A stretch of bytes with one meaning, as it stood on the wire. Spans of one direction follow each other without a gap. */
export interface Span {
  /** Which connection, as the tap counts them. */
  readonly connection: number;
  readonly way: Way;
  /** Which request of the connection it belongs to, from 0, and so does its answer. After an upgrade: the upgrade's. */
  readonly exchange: number;
  /** Position of the first byte in this direction of this connection, from 0. */
  readonly offset: number;
  /** The bytes themselves, in the memory that was fed; a masked frame's payload is as it was sent, see `unmasked`. */
  readonly bytes: Uint8Array;
  /** For payload of a masked frame: the same bytes without the mask. */
  readonly unmasked?: Uint8Array;
  readonly kind: SpanKind;
  readonly part: Part;
  /** When the last byte of it came, in milliseconds of the tap's clock. */
  readonly atMs: number;
  /** For people, one short sentence or less: `chunk of 142 bytes (0x8e)`, `FIN, text, masked, 61 bytes`. May be empty. */
  readonly note: string;
}
