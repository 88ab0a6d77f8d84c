/** A unit may be so long, in characters; what is longer is not a stream of messages, and is no longer looked at. */
const MAX_UNIT = 1 << 20;

/** Cuts content into the units that its type is made of, and remembers what is unfinished. */
export interface UnitSplitter {
  /** Takes text, and gives the units that ended in it. */
  push(text: string): readonly string[];
  /** Whether a unit has begun and not ended. */
  readonly open: boolean;
  /** Whether the type says what a unit is; else each piece is taken for one, and nothing can be told from them. */
  readonly known: boolean;
}

/** The splitter for a media type: blocks of SSE, lines of NDJSON; anything else has no units but its pieces. */
export function splitterFor(mediaType: string): UnitSplitter {
  if (mediaType === 'text/event-stream') return new DelimitedUnits(/\r\n\r\n|\n\n|\r\r/);
  if (/ndjson|jsonl|json-seq|json-lines/.test(mediaType)) return new DelimitedUnits(/\n/);
  return { push: (text) => (text === '' ? [] : [text]), open: false, known: false };
}

class DelimitedUnits implements UnitSplitter {
  readonly known = true;
  readonly #delimiter: RegExp;
  #rest = '';

  constructor(delimiter: RegExp) {
    this.#delimiter = delimiter;
  }

  push(text: string): readonly string[] {
    const parts = (this.#rest + text).split(this.#delimiter);
    this.#rest = parts.pop() ?? '';
    if (this.#rest.length > MAX_UNIT) this.#rest = '';
    return parts;
  }

  get open(): boolean {
    return this.#rest !== '';
  }
}
