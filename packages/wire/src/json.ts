import type { Content } from './content.js';
import { EscapeReader } from './escapes.js';
import { Runs } from './runs.js';
import { meaning, type Meaning, type Tape } from './tape.js';

/** Keys, from an event's outermost object, to the string that is the token's text. An array's place is a number. */
export type TextPath = readonly string[];

/** Where common dialects have the text: typed deltas, and `chat.completion.chunk`. */
export const DEFAULT_TEXTS: readonly TextPath[] = [
  ['delta', 'text'],
  ['choices', '0', 'delta', 'content'],
];

/**
 * What a JSON text is taken for.
 *
 * - `event`: one event.
 * - `message`: a socket's message: an event if it begins with `seq`; one within its member `event`; or talk.
 * - `document`: a page with events in the array `events`; a whole answer with a string `text`; or talk.
 */
export type Shape = 'event' | 'message' | 'document';

const AROUND = meaning('json', 'framing', 'of the transport, not of an event');
const EVENT = meaning('json', 'envelope', 'JSON of the event');
const TEXT = meaning('text', 'payload', "the token's text");
const ESCAPE = meaning('json', 'envelope', 'escape: the text has fewer bytes than its JSON');
const NO_JSON = meaning('unknown', 'envelope', 'not JSON');
const PLAIN = meaning('text', 'payload', 'text that is no JSON');

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** Keys longer than this are none that is looked for. */
const KEY_LIMIT = 32;
/** Deeper than this nothing is looked for, and the nesting is only counted. */
const DEPTH_LIMIT = 64;

interface Level {
  readonly isArray: boolean;
  key: string;
  index: number;
}

/** Tells apart text and the JSON around it while it comes, byte by byte, without keeping it. */
export class JsonContent implements Content {
  readonly #levels: Level[] = [];
  /** Levels beyond the limit. */
  #deeper = 0;
  /** The depth of the event's members; undefined outside of events. */
  #base: number | undefined;
  /** What bytes are that are no text; undefined while it is open what the whole is. */
  #zone: Meaning | undefined;
  #string: 'key' | 'text' | 'other' | undefined;
  #expectsKey = false;
  readonly #escape = new EscapeReader();
  readonly #runs: Runs;
  #started = false;
  #broken = false;

  readonly tape: Tape;
  readonly shape: Shape;
  readonly texts: readonly TextPath[];

  constructor(tape: Tape, shape: Shape, texts: readonly TextPath[], limitBytes: number) {
    this.tape = tape;
    this.shape = shape;
    this.texts = texts;
    this.#runs = new Runs(tape, limitBytes, AROUND);
    if (shape === 'event') this.#enterEvent(1);
  }

  read(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte);
    this.#runs.flush();
  }

  /** Says what is held by now: something else than JSON comes next. */
  settle(): void {
    if (this.#runs.undecided > 0) this.#decide(AROUND);
    this.#runs.flush();
    if (this.#string === 'text' && this.#escape.held > 0) this.tape.tell('content', this.#escape.held, ESCAPE);
    this.#escape.leave();
  }

  end(): void {
    this.settle();
  }

  #byte(byte: number): void {
    if (this.#broken) return this.#mark(this.#runs.meaning ?? NO_JSON);
    if (this.#string !== undefined) return this.#inString(byte, this.#string);
    if (!this.#started && !isSpace(byte)) {
      this.#started = true;
      if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return this.#noContainer();
    }
    switch (byte) {
      case QUOTE:
        return this.#openString();
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        return this.#open(byte === OPEN_ARRAY);
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        return this.#close(byte === CLOSE_ARRAY);
      case COMMA:
        this.#next();
        break;
      case COLON:
        this.#expectsKey = false;
    }
    this.#mark(this.#zone);
  }

  /** Something else than an object or an array: of an event, its text as it is. */
  #noContainer(): void {
    this.#broken = true;
    if (this.shape !== 'event') this.#decide(AROUND);
    this.#mark(this.shape === 'event' ? PLAIN : AROUND);
  }

  #open(isArray: boolean): void {
    if (this.#levels.length >= DEPTH_LIMIT) {
      this.#deeper++;
      return this.#mark(this.#zone);
    }
    const depth = this.#levels.length;
    const [key, top] = [this.#levels[depth - 1]?.key, this.#levels[0]?.key];
    if (this.shape === 'document' && depth === 1 && isArray && key === 'events') this.#decide(AROUND);
    if (this.#zone === AROUND && !isArray && this.#isEventAt(depth, top)) this.#enterEvent(depth + 1);
    this.#mark(this.#zone);
    this.#levels.push({ isArray, key: '', index: 0 });
    this.#expectsKey = !isArray;
  }

  #isEventAt(depth: number, top: string | undefined): boolean {
    if (this.shape === 'message') return depth === 1 && top === 'event';
    return depth === 2 && top === 'events' && this.#levels[1]?.isArray === true;
  }

  #enterEvent(base: number): void {
    this.#base = base;
    this.#zone = EVENT;
  }

  #close(isArray: boolean): void {
    if (this.#deeper > 0) {
      this.#deeper--;
      return this.#mark(this.#zone);
    }
    const level = this.#levels.pop();
    if (level?.isArray !== isArray) {
      this.#broken = true;
      if (!this.#zone) this.#decide(AROUND);
      return this.#mark(NO_JSON);
    }
    this.#expectsKey = false;
    this.#mark(this.#zone);
    // The whole is an event for as long as it lasts; one within a message or a page ends here.
    if (this.#base !== undefined && this.#base > 1 && this.#levels.length === this.#base - 1) {
      this.#base = undefined;
      this.#zone = AROUND;
    }
  }

  #next(): void {
    const level = this.#levels.at(-1);
    if (!level || this.#deeper > 0) return;
    this.#expectsKey = !level.isArray;
    level.index++;
  }

  #openString(): void {
    const level = this.#levels.at(-1);
    if (this.#expectsKey && level && this.#deeper === 0) {
      level.key = '';
      this.#string = 'key';
    } else {
      this.#string = this.#isText() ? 'text' : 'other';
    }
    this.#mark(this.#zone);
  }

  #isText(): boolean {
    const depth = this.#levels.length;
    if (this.#deeper > 0) return false;
    if (this.shape === 'document' && depth === 1 && !this.#zone && this.#levels[0]?.key === 'text') {
      this.#decide(EVENT);
      return true;
    }
    const base = this.#base;
    if (base === undefined) return false;
    const keyAt = (level: number): string | undefined => {
      const found = this.#levels[level];
      return found?.isArray ? String(found.index) : found?.key;
    };
    return this.texts.some(
      (path) => depth === base - 1 + path.length && path.every((key, index) => keyAt(base - 1 + index) === key),
    );
  }

  #inString(byte: number, string: 'key' | 'text' | 'other'): void {
    if (this.#escape.held > 0) return this.#inEscape(byte, string);
    if (byte === BACKSLASH) {
      this.#escape.begin();
      if (string === 'text') this.#runs.flush();
      else this.#mark(this.#zone);
      return;
    }
    this.#escape.leave();
    if (byte === QUOTE) {
      this.#string = undefined;
      this.#mark(this.#zone);
      if (string === 'key') this.#keyIsWhole();
      return;
    }
    if (string === 'key') this.#addToKey(String.fromCharCode(byte));
    this.#mark(string === 'text' ? TEXT : this.#zone);
  }

  #addToKey(letter: string): void {
    const level = this.#levels.at(-1);
    if (level && level.key.length < KEY_LIMIT) level.key += letter;
  }

  #keyIsWhole(): void {
    if (this.shape !== 'message' || this.#zone) return;
    if (this.#levels[0]?.key === 'seq') {
      this.#decide(EVENT);
      this.#base = 1;
    } else {
      this.#decide(AROUND);
    }
  }

  /** An escape in a text is held until it is whole: then as many of its bytes as its character has are payload. */
  #inEscape(byte: number, string: 'key' | 'text' | 'other'): void {
    if (string !== 'text') this.#mark(this.#zone);
    const escape = this.#escape.take(byte);
    if (!escape) return;
    // A key with escapes is none that is looked for.
    if (string === 'key') this.#addToKey('\\');
    if (string !== 'text') return;
    this.tape.tell('content', escape.bytes - escape.character, ESCAPE);
    this.tape.tell('content', escape.character, TEXT);
  }

  #mark(what: Meaning | undefined): void {
    const decided = this.#runs.mark(what);
    if (decided) this.#zone = decided;
  }

  #decide(what: Meaning): void {
    this.#zone = what;
    this.#runs.decide(what);
  }
}
