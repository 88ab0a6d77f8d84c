import { TokenwireError } from '@tokenwire/protocol';

/**
 * The data of Server-Sent Events, from text as it arrives. Only `data` matters to chat completions;
 * other fields and comments are skipped.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseDecoder {
  readonly #maxChars: number;
  /** A line whose end has not come yet. */
  #line = '';
  #data: string | undefined;
  #first = true;
  /** The last character was a CR, so a LF that comes first belongs to it. */
  #afterCr = false;

  /** @param maxChars longest line, and longest data of one event. */
  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /**
   * Adds the data of each event that `text` completes to `events`, also when it then throws.
   * @throws {TokenwireError} `upstream_protocol` when a line or an event is too long.
   */
  push(text: string, events: string[]): void {
    const chunk = this.#normalised(text);
    let from = 0;
    // Only the new text is searched, so a line in many small pieces costs no more than in one.
    for (let to = chunk.indexOf('\n'); to !== -1; to = chunk.indexOf('\n', from)) {
      this.#readLine(this.#line + chunk.slice(from, to), events);
      this.#line = '';
      from = to + 1;
    }
    this.#line += chunk.slice(from);
    this.#check(this.#line);
  }

  /** At the end of the stream: adds the data of an event that was not closed by an empty line. */
  flush(events: string[]): void {
    this.#readLine(this.#line, events);
    this.#readLine('', events);
    this.#line = '';
  }

  #readLine(line: string, events: string[]): void {
    if (line === '') {
      if (this.#data !== undefined) events.push(this.#data);
      this.#data = undefined;
    } else if (line.startsWith('data')) {
      if (line.length > 4 && line[4] !== ':') return;
      const value = line.slice(line[5] === ' ' ? 6 : 5);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      this.#check(this.#data);
    }
  }

  /** Makes every line end a LF, also when CR and LF arrive apart, and drops a byte order mark. */
  #normalised(text: string): string {
    let chunk = text;
    if (chunk === '') return chunk;
    if (this.#first && chunk.startsWith('\ufeff')) chunk = chunk.slice(1);
    this.#first = false;
    if (this.#afterCr && chunk.startsWith('\n')) chunk = chunk.slice(1);
    this.#afterCr = text.endsWith('\r');
    return chunk.includes('\r') ? chunk.replaceAll(/\r\n?/g, '\n') : chunk;
  }

  #check(text: string): void {
    if (text.length > this.#maxChars) {
      throw new TokenwireError('upstream_protocol', 'The model sent an event that is too long.');
    }
  }
}
