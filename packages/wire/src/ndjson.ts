import type { Content, ContentRules } from './content.js';
import { JsonContent } from './json.js';
import { meaning, type Tape } from './tape.js';

const LF = 0x0a;
const LINE_END = meaning('ndjson-line-end', 'framing', 'LF: the event is whole');
const HEARTBEAT = meaning('ndjson-heartbeat', 'framing', 'empty line: a heartbeat');

/** One JSON text a line; an empty line is a heartbeat. */
export class LinesContent implements Content {
  #line: JsonContent | undefined;

  readonly tape: Tape;
  readonly rules: ContentRules;

  constructor(tape: Tape, rules: ContentRules) {
    this.tape = tape;
    this.rules = rules;
  }

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(LF, at);
      const line = bytes.subarray(at, end === -1 ? bytes.length : end);
      if (line.length > 0) {
        this.#line ??= new JsonContent(this.tape, 'event', this.rules.texts, this.rules.limitBytes);
        this.#line.read(line);
      }
      at += line.length;
      if (end === -1) return;
      at++;
      this.#line?.end();
      this.tape.tell('content', 1, this.#line ? LINE_END : HEARTBEAT);
      this.#line = undefined;
    }
  }

  end(): void {
    this.#line?.end();
  }
}
