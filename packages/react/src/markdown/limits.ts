/** Above that many characters a piece is shown as plain text: parsing it would hold up the page. */
export const MAX_PARSED = 30_000;

/** How deep quotes, lists and emphasis may be nested. What people write stays below ten. */
const MAX_DEPTH = 50;
/** That many quotes and lists that begin in one line. A parser takes minutes for a line of thousands. */
const NESTED = new RegExp(`^(?:[ \\t]*(?:>|(?:[*+-]|\\d{1,9}[.)])(?=[ \\t]))){${MAX_DEPTH},}`, 'm');
/** Where emphasis may begin. */
const OPENS = /(?:^|[^\w*])[*_]+(?=\S)/gm;
/** Of those, in one stretch of text without a blank line. Parsing takes their number squared. */
const MAX_OPENS = 500;

/** Up to that many characters a growing piece is parsed in each frame: a few milliseconds. */
const MAX_EACH_FRAME = 4_096;
/** Beyond, only when it has grown by this share of itself. */
const SHARE = 64;

/** Whether it would keep a parser busy for longer than anybody waits. */
export function isTooMuch(markdown: string): boolean {
  if (markdown.length > MAX_PARSED || NESTED.test(markdown)) return true;
  return markdown.split(/\n[ \t]*\n/).some((stretch) => (stretch.match(OPENS)?.length ?? 0) > MAX_OPENS);
}

/** What nests, of a tree of any kind. */
interface Node {
  readonly children?: readonly Node[];
}

/**
 * A rehype plugin: React recurses into what it renders, and would take the whole page down with it.
 * @throws {RangeError} for a tree that is nested more deeply than is allowed.
 */
export function refuseDepth(tree: Node): void {
  let level: readonly Node[] = [tree];
  // A block and its inline content count separately; the root and the text do not.
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > 2 * MAX_DEPTH) throw new RangeError(`Nested more than ${MAX_DEPTH} levels deep.`);
    level = level.flatMap(({ children = [] }) => children);
  }
}

/**
 * How much of a growing piece is shown: all of a short one. Of a long one the last hundredth or so waits for the rest,
 * so that parsing it again and again costs little in all.
 */
export function shownOf(piece: string): string {
  if (piece.length <= MAX_EACH_FRAME) return piece;
  // A power of two, which stays the same for long: what is shown never gets shorter.
  const step = 2 ** Math.floor(Math.log2(piece.length / SHARE));
  return piece.slice(0, piece.length - (piece.length % step));
}
