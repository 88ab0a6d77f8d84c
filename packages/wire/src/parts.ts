/** What a byte is there for. */
export type Part = 'payload' | 'envelope' | 'framing' | 'http' | 'coded';

/** What the bytes of an answer are there for. All in bytes; together they are everything that was seen at the socket. */
export interface Parts {
  /** The tokens' texts, in UTF-8. */
  readonly payload: number;
  /** What an event's JSON has around the text: `seq`, `type`, quotes, escapes. Upwards: the JSON of the request. */
  readonly envelope: number;
  /**
   * What tells where an event begins and ends: chunk sizes and CRLFs, `id:` and `data:`, line ends, heartbeats, frame
   * headers and masks, what a poll's page or a socket's message has around events, control frames.
   */
  readonly framing: number;
  /** Request and status lines, headers. */
  readonly http: number;
  /** Content that is compressed: payload and envelope cannot be told apart in it. */
  readonly coded: number;
}

/** Nothing was seen yet. */
export const NOTHING: Parts = { payload: 0, envelope: 0, framing: 0, http: 0, coded: 0 };

/** Adds what is named to what was there. */
export function add(parts: Parts, more: Partial<Parts>): Parts {
  const { payload = 0, envelope = 0, framing = 0, http = 0, coded = 0 } = more;
  return {
    payload: parts.payload + payload,
    envelope: parts.envelope + envelope,
    framing: parts.framing + framing,
    http: parts.http + http,
    coded: parts.coded + coded,
  };
}

/** All bytes. */
export function totalOf({ payload, envelope, framing, http, coded }: Parts): number {
  return payload + envelope + framing + http + coded;
}
