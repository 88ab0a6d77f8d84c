import { ConnectionReader, type ReaderOptions, type Span, type Way } from '../../src/index.js';

/** What went over a connection, in order. */
export type Said = readonly (readonly [Way, Uint8Array])[];

const encoder = new TextEncoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textIn = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export const up = (text: string): readonly [Way, Uint8Array] => ['up', bytesOf(text)];
export const down = (text: string): readonly [Way, Uint8Array] => ['down', bytesOf(text)];

/** Numbers from 0 to 1 that are the same in each run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Reads all of it, cut by `cut`, and checks the sums after each piece. */
export function readAll(said: Said, cut: (left: number) => number = (left) => left, options?: ReaderOptions) {
  const reader = new ConnectionReader(0, options);
  const spans: Span[] = [];
  const fed = { up: 0, down: 0 };
  for (const [way, bytes] of said) {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.slice(at, at + Math.max(1, cut(bytes.length - at)));
      at += piece.length;
      fed[way] += piece.length;
      spans.push(...reader.feed(way, piece, fed[way]));
      checkSums(reader, fed);
    }
  }
  spans.push(...reader.end());
  checkSums(reader, fed);
  return { spans: merged(spans), pieces: spans, totals: reader.totals, pending: reader.pending };
}

function checkSums(reader: ConnectionReader, fed: Readonly<Record<Way, number>>): void {
  for (const way of ['up', 'down'] as const) {
    const { payload, envelope, framing, http, coded } = reader.totals[way];
    const known = payload + envelope + framing + http + coded;
    if (known + reader.pending[way] !== fed[way]) throw new Error(`${known} + ${reader.pending[way]} ≠ ${fed[way]}`);
    if (reader.pending[way] < 0) throw new Error('less than nothing is pending');
  }
}

/** A span without what depends on cuts. */
export type Merged = Pick<Span, 'way' | 'exchange' | 'offset' | 'kind' | 'part' | 'note'> & {
  text: string;
  clear: string;
};

/** The spans of each direction, neighbours that say the same joined. */
function merged(spans: readonly Span[]): readonly Merged[] {
  const ways = (['up', 'down'] as const).map((way) => spans.filter((span) => span.way === way));
  return ways.flatMap((side) => {
    const found: Merged[] = [];
    let next = 0;
    for (const { way, exchange, offset, kind, part, note, bytes, unmasked } of side) {
      if (offset !== next) throw new Error(`a gap before ${offset}: ${next}`);
      next += bytes.length;
      const last = found.at(-1);
      const [text, clear] = [binary(bytes), binary(unmasked ?? bytes)];
      if (last && last.kind === kind && last.part === part && last.note === note && last.exchange === exchange) {
        last.text += text;
        last.clear += clear;
      } else {
        found.push({ way, exchange, offset, kind, part, note, text, clear });
      }
    }
    return found;
  });
}

/** One letter a byte. */
export const binary = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
export const fromBinary = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** One frame (RFC 6455, section 5.2). */
export function frame(payload: Uint8Array | string, options: FrameOptions = {}): Uint8Array {
  const { opcode = 1, fin = true, rsv = 0, mask } = options;
  const data = typeof payload === 'string' ? bytesOf(payload) : payload;
  const short = data.length > 65_535 ? 127 : data.length > 125 ? 126 : data.length;
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
  const length = Array.from(
    { length: extended },
    (_, index) => Math.floor(data.length / 256 ** (extended - 1 - index)) & 255,
  );
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, (mask ? 0x80 : 0) | short, ...length, ...(mask ?? [])];
  return Uint8Array.from([...head, ...data.map((byte, index) => byte ^ (mask?.[index % 4] ?? 0))]);
}

export interface FrameOptions {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly mask?: readonly number[];
}

/** A body in chunks of these sizes (the last takes the rest). */
export function chunked(body: Uint8Array, sizes: () => number): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < body.length;) {
    const chunk = body.slice(at, at + Math.max(1, sizes()));
    out.push(...bytesOf(`${chunk.length.toString(16)}\r\n`), ...chunk, 13, 10);
    at += chunk.length;
  }
  return Uint8Array.from([...out, ...bytesOf('0\r\n\r\n')]);
}

export const concat = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? bytesOf(part) : part)]));
