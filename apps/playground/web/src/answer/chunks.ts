/** About how many UTF-16 units one chunk has. */
const CHUNK_LENGTH = 2_000;
/** How far before its place a cut may be, to fall between lines or words. */
const LOOK_BACK = 800;

/** A part of a text whose end does not move when the text grows. */
export interface Chunk {
  readonly text: string;
  /** It ends with a line end, so what follows begins a new line anyway. */
  readonly endsLine: boolean;
}

/**
 * Cuts a text into chunks, so that whoever shows a growing text touches only the last of them. Where a cut is depends on
 * the text around it alone, and is never within the last chunk's length from the end: so cuts stay when text is appended.
 * They fall after line ends if there are any near, else after spaces, and never inside of a character.
 */
export function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let from = 0;
  // A cut that looks at what follows it needs that to be there.
  for (let place = CHUNK_LENGTH; place + 1 < text.length; place += CHUNK_LENGTH) {
    const to = cutBefore(text, place);
    chunks.push({ text: text.slice(from, to), endsLine: text[to - 1] === '\n' });
    from = to;
  }
  if (from < text.length) chunks.push({ text: text.slice(from), endsLine: false });
  return chunks;
}

function cutBefore(text: string, place: number): number {
  const earliest = place - LOOK_BACK;
  // A copy of what is near, or a text without line ends would be searched to its beginning for every cut.
  const near = text.slice(earliest, place);
  const lineEnd = near.lastIndexOf('\n');
  const cut = lineEnd >= 0 ? lineEnd : near.lastIndexOf(' ');
  if (cut >= 0) return earliest + cut + 1;
  for (let at = place; at > earliest; at -= 1) if (!joins(text, at)) return at;
  // Nothing but marks for hundreds of characters: only a pair is kept together.
  return isLow(text.charCodeAt(place)) ? place - 1 : place;
}

const JOINS_BEFORE = /^(?:\p{M}|\p{Emoji_Modifier}|\u200c|\u200d)/u;

/** Whether what is before `at` and what is after may be one character for the eye. */
function joins(text: string, at: number): boolean {
  if (isLow(text.charCodeAt(at)) || text[at - 1] === '\u200d') return true;
  return JOINS_BEFORE.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

/** The second half of a surrogate pair. */
function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Chunks in one block of the page: browsers lay out a paragraph as a whole, and 20 000 tokens would take them too long. */
const BLOCK_CHUNKS = 8;

/**
 * Chunks as they stand on the page, in blocks that end where a line ends. A line without an end is broken all the same
 * after some 16 000 units: nothing is added to the text, but it goes on below.
 */
export function blocksOf(chunks: readonly Chunk[]): Chunk[][] {
  const blocks: Chunk[][] = [];
  let open: Chunk[] | undefined;
  for (const chunk of chunks) {
    if (!open) blocks.push((open = []));
    open.push(chunk);
    if (chunk.endsLine || open.length === BLOCK_CHUNKS) open = undefined;
  }
  return blocks;
}
