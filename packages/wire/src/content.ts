import { JsonContent, type TextPath } from './json.js';
import { LinesContent } from './ndjson.js';
import { EventStreamContent } from './sse.js';
import { meaning, type Meaning, type Tape } from './tape.js';

/** Somebody who says what the bytes of a body or of a message are. They are on the tape when `read` is called. */
export interface Content {
  read(bytes: Uint8Array): void;
  /** No more will come: what is held gets its meaning now. */
  end(): void;
}

/** What all readers of content need to know. */
export interface ContentRules {
  /** Where tokens' texts are in JSON. */
  readonly texts: readonly TextPath[];
  /** Nothing longer than this is kept. */
  readonly limitBytes: number;
}

/** Bytes that all mean the same. */
export class PlainContent implements Content {
  readonly tape: Tape;
  readonly what: Meaning;

  constructor(tape: Tape, what: Meaning) {
    this.tape = tape;
    this.what = what;
  }

  read(bytes: Uint8Array): void {
    if (bytes.length > 0) this.tape.tell('content', bytes.length, this.what);
  }

  end(): void {}
}

/** The headers that decide how a body is read. Names are in lower case. */
export type Headers = ReadonlyMap<string, string>;

/** The reader of a body. What a client says is no part of the answer: it is all envelope. */
export function bodyContent(tape: Tape, headers: Headers, rules: ContentRules): Content {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const coding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (coding !== 'identity') return new PlainContent(tape, meaning('body', 'coded', `compressed: ${coding}`));
  if (tape.way === 'up') return new PlainContent(tape, meaning(kindOf(type), 'envelope', 'body of the request'));
  switch (type) {
    case 'text/event-stream':
      return new EventStreamContent(tape, rules);
    case 'application/x-ndjson':
    case 'application/jsonl':
      return new LinesContent(tape, rules);
    case 'application/json':
      return new JsonContent(tape, 'document', rules.texts, rules.limitBytes);
    case 'text/plain':
      return new PlainContent(tape, meaning('text', 'payload', 'the text itself'));
    default:
      return new PlainContent(tape, meaning('body', 'envelope', `body of type ${type === '' ? 'unknown' : type}`));
  }
}

const kindOf = (type: string) => (type === 'application/json' ? 'json' : 'body');
