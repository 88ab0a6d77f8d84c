/** A block that may hold blank lines: fenced code, or HTML of the kinds that end with a mark of their own. */
interface OpenBlock {
  readonly indented: boolean;
  readonly endsWith: (line: string) => boolean;
}

const BLANK = /^[ \t]*$/;
const INDENTED = /^[ \t]/;
/** Belongs to what came before, or may do so. A byte order mark would be dropped at the beginning of a piece. */
const NO_BEGINNING = /^[ \t\uFEFF]/;
/** Code, or inside of a list anything. */
const DEEP = /^(?: {4}| {0,3}\t)/;
const LIST_ITEM = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
/** Longer than every marker of a list item: as much of a line as must be there to tell one. */
const MARKER_LENGTH = 12;
const FENCE = /^ {0,3}(`{3,}|~{3,})([^]*)$/;
/** CommonMark 4.6, kinds 1 to 5. The other kinds end at a blank line. */
const HTML: readonly (readonly [begin: RegExp, end: RegExp])[] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[ \t>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<![a-z]/i, />/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
];
/** A block that begins in the same line as an item may take in the blank lines behind the item. */
const MARKERS = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)])[ \t]*)+/;
const TAG = /^ {0,3}<\/?[a-z]/i;
/** A line with its end. A carriage return at the very end may be half of one. */
const LINE = /([^\r\n]*)(?:\r\n|\n|\r(?=[^]))/y;

/**
 * Splits a growing Markdown text into pieces that mean the same alone as in the whole: at blank lines after which, at
 * the left edge, no open list, fence or HTML block goes on. Where that is not certain, it does not split.
 *
 * Each line is looked at once. The one thing that reaches over pieces is a link reference definition (`[name]: url`).
 */
export class Splitter {
  #text = '';
  #finished: string[] = [];
  /** Where the last piece begins, and the first line that was not complete. */
  #begin = 0;
  #scanned = 0;
  /** Of the last piece. */
  #open: OpenBlock | undefined;
  #hasList = false;
  /** Or deep lines of a list. */
  #hasCode = false;
  /** HTML may have begun that goes on to the next blank line, whatever stands in it. */
  #afterTag = false;
  /** What ends the block that a deep line may have begun. */
  #deep: ((line: string) => boolean) | undefined;
  #afterBlank = false;
  /** A block may have ended where only a whole parser sees it: nothing is split off any more. */
  #unsure = false;

  /** The pieces of `text`, in order; joined, they are `text`. All but the last stay as they are while `text` grows. */
  split(text: string): readonly string[] {
    if (!text.startsWith(this.#text)) this.#restart();
    this.#text = text;
    for (;;) {
      LINE.lastIndex = this.#scanned;
      const match = LINE.exec(text);
      if (!match) break;
      this.#scan(match[1] ?? '');
      this.#scanned = LINE.lastIndex;
    }
    this.#peek(text.slice(this.#scanned));
    return [...this.#finished, text.slice(this.#begin)];
  }

  #restart(): void {
    this.#finished = [];
    this.#begin = 0;
    this.#scanned = 0;
    this.#open = undefined;
    this.#hasList = false;
    this.#hasCode = false;
    this.#deep = undefined;
    this.#afterTag = false;
    this.#afterBlank = false;
    this.#unsure = false;
  }

  #scan(line: string): void {
    this.#beginPieceAt(line);
    const blank = BLANK.test(line);
    if (this.#open) {
      // The item may have ended, and the block with it.
      if (this.#hasList && this.#open.indented && !blank && !INDENTED.test(line)) this.#unsure = true;
      if (this.#open.endsWith(line)) this.#open = undefined;
    } else if (!blank) {
      this.#look(line);
    }
    this.#afterBlank = blank;
    if (blank) this.#afterTag = false;
  }

  /** A line that is not blank and stands in no open block. */
  #look(line: string): void {
    if (DEEP.test(line)) {
      this.#hasCode = true;
      const content = line.trimStart();
      if (this.#deep === undefined) this.#deep = endOf(content);
      else if (this.#deep(content)) this.#deep = undefined;
      return;
    }
    const endsWith = endOf(line);
    this.#open = endsWith && { indented: INDENTED.test(line), endsWith };
    if (endOf(line.replace(MARKERS, '')) && (this.#afterTag || LIST_ITEM.test(line))) this.#unsure = true;
    this.#afterTag ||= TAG.test(line);
    this.#hasList ||= LIST_ITEM.test(line);
  }

  /** The beginning of a line is often enough to know that it begins a piece. */
  #peek(line: string): void {
    if (line !== '\r' && (line.length >= MARKER_LENGTH || !(this.#hasList || this.#hasCode))) this.#beginPieceAt(line);
  }

  #beginPieceAt(line: string): void {
    if (!this.#afterBlank || this.#open || this.#unsure || line === '' || NO_BEGINNING.test(line)) return;
    if (this.#hasList && this.#deep) return;
    // Behind indented code, the parser takes some items of lists for text, which they are not at a beginning.
    if ((this.#hasList || this.#hasCode) && LIST_ITEM.test(line)) return;
    // Blank lines before the first block are no piece.
    const piece = this.#text.slice(this.#begin, this.#scanned);
    if (piece.trim() === '') return;
    this.#finished.push(piece);
    this.#begin = this.#scanned;
    this.#hasList = false;
    this.#hasCode = false;
    this.#deep = undefined;
    this.#afterBlank = false;
  }
}

/** What ends the block that begins with this line, if it is one that may hold blank lines and does not end in it. */
function endOf(line: string): ((next: string) => boolean) | undefined {
  const [, fence = '', info = ''] = FENCE.exec(line) ?? [];
  if (fence.startsWith('~') || (fence !== '' && !info.includes('`'))) return (next) => closes(next, fence);
  const [, end] = HTML.find(([begin]) => begin.test(line)) ?? [];
  return end && !end.test(line) ? (next) => end.test(next) : undefined;
}

function closes(line: string, opening: string): boolean {
  const [, fence = '', rest = ''] = FENCE.exec(line) ?? [];
  return fence.startsWith(opening) && BLANK.test(rest);
}
