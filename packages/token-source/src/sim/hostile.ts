/**
 * The content that the delivery contract promises to carry unchanged, an item an entry, in its order. Most entries
 * are one token; the tokens of one are never separated, so that, joined, the halves of an emoji are whole again.
 *
 * No entry starts with a low surrogate or ends with a high one, except the truly lone ones, and those two
 * cannot meet: U+D800 ends its entry, U+DFFF begins its entry after a space.
 */
export const HOSTILE_ENTRIES: readonly (readonly string[])[] = [
  ['[DONE]'],
  ['data: x\n\nevent: done'],
  ['\r'],
  ['\n'],
  ['\r\n'],
  [''],
  [' '],
  ['   three leading spaces'],
  ['\t'],
  ['\0'],
  ['\ufeff'],
  ['\u2028'],
  ['\u2029'],
  ['\u0085'],
  ['\ud800'],
  [' \udfff'],
  ['\ud83d', '\ude00'],
  ['\ud83d\udc69', '\u200d', '\ud83d\udcbb'],
  ['\u202e', 'override', '\u202c'],
  ['</script><script>alert(1)</script>'],
  ['<img src=x onerror=alert(1)>'],
  ['[link](javascript:alert(1))'],
  ['\u001b[2J\u001b[31mred\u001b[0m'],
  ['__proto__'],
  ['{"type":"ping"}'],
  ['{"events":[],"done":true}'],
  ['{"seq":9,"type":"message_stop"}'],
];

/** What `sim/hostile` says. */
export const HOSTILE_TOKENS: readonly string[] = HOSTILE_ENTRIES.flat();

/** Characters of the long token. */
export const MEGABYTE = 1_000_000;

/**
 * What `sim/megabyte` says: one token of a million characters without a space, between two short ones. No two of its
 * stretches are alike, so that a piece that is lost, doubled or misplaced shows.
 */
export function megabyteTokens(): readonly string[] {
  const width = 8;
  const numbers = Array.from({ length: MEGABYTE / width }, (_, index) => String(index).padStart(width, '.'));
  return ['before ', numbers.join(''), ' after'];
}
