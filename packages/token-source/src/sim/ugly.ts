import { HOSTILE_ENTRIES } from './hostile.js';
import { proseTokens } from './words.js';

/** Characters of the giant token. */
export const GIANT_LENGTH = 256 * 1024;
/** Index of the first giant token; others follow every `GIANT_EVERY` tokens. */
export const GIANT_FIRST = 100;
export const GIANT_EVERY = 2_500;

/**
 * Everything that has broken a streaming server or page: what the delivery contract lists, and more of its kind. Each
 * entry is a run of successive tokens; the rules of `HOSTILE_ENTRIES` about surrogates hold here too.
 */
export const UGLY_ENTRIES: readonly (readonly string[])[] = [
  ...HOSTILE_ENTRIES,
  // White space and line ends.
  ['\n\n'],
  ['one\r', '\ntwo'],
  ['trailing '],
  // Characters that parsers treat as something special.
  ['\u0007\b\u000b\f\u007f'],
  ['"'],
  ['\\'],
  ['\\u0041'],
  // Unicode that falls apart: surrogate halves, ZWJ sequences, combining marks, flags, direction.
  ['pair \ud83c', '\udf0d of halves'],
  ['\ud83d', '\udc68\u200d', '\ud83d\udc67', '\u200d\ud83d\udc66'],
  ['\ud83c\udde9', '\ud83c\uddea'],
  ['e', '\u0301'],
  ['z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f'],
  ['\u05e9\u05dc\u05d5\u05dd'],
  ['\ufffd'],
  ['\uffff'],
  // Framing of the transports, as text.
  ['id: 5'],
  ['\nid: 5\n'],
  ['retry: 1\n\n'],
  [': comment\n\n'],
  ['event: error\ndata: {}\n\n'],
  ['data: [DONE]\n\n'],
  ['0\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\n\r\n'],
  // Our own messages, as text.
  ['{"type":"message_stop"}'],
  ['{"seq":1,"type":"message_stop"}\n'],
  ['{"type":"stop","id":"gen_0000000000000000000000"}'],
  ['{"ref":1,"event":{"seq":1,"type":"cancelled","by":"client"}}'],
  ['{"events":[],"cursor":"gen_0000000000000000000000.1","done":true}'],
  // What must stay text in a page, a log and an object.
  ['<!--'],
  ['&lt;&#0;'],
  ['constructor'],
  ['{"__proto__":{"polluted":true}}'],
  ['${7*7}'],
  ['%00%0d%0a'],
  ['../../etc/passwd'],
];

const GIANT = 'x'.repeat(GIANT_LENGTH);

/**
 * `count` hostile tokens: first every entry in the order above, then entries and plain words at random.
 * A giant token at index 100 and every 2 500 after it, so 10 000 tokens stay below 2 MB.
 */
export function* uglyTokens(count: number, random: () => number): Generator<string> {
  const plain = proseTokens(random);
  let entry: readonly string[] = [];
  let taken = 0;
  let entries = 0;
  for (let index = 0; index < count; index += 1) {
    if (isGiant(index)) {
      yield GIANT;
      continue;
    }
    if (taken === entry.length && (entries < UGLY_ENTRIES.length || random() < 0.5)) {
      const next = UGLY_ENTRIES[entries < UGLY_ENTRIES.length ? entries : Math.floor(random() * UGLY_ENTRIES.length)];
      // An entry that does not fit whole waits: neither the end nor a giant token may tear it apart.
      if (next && next.length <= room(index, count)) {
        [entry, taken] = [next, 0];
        entries += 1;
      }
    }
    const token = entry[taken];
    if (token === undefined) yield plain();
    else yield token;
    if (token !== undefined) taken += 1;
  }
}

function isGiant(index: number): boolean {
  return index >= GIANT_FIRST && (index - GIANT_FIRST) % GIANT_EVERY === 0;
}

/** Tokens from `index` to the next giant token or the end. */
function room(index: number, count: number): number {
  const past = index - GIANT_FIRST;
  const giant = past < 0 ? GIANT_FIRST : GIANT_FIRST + Math.ceil(past / GIANT_EVERY) * GIANT_EVERY;
  return Math.min(giant, count) - index;
}
