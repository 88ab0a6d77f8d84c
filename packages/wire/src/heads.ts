import type { Progress } from './chunks.js';
import { headerNote } from './header-notes.js';
import { LineKeeper } from './lines.js';
import { requestLine, statusLine, statusNote } from './start-lines.js';
import { meaning, type Tape } from './tape.js';

/** The head of a message, as far as it says how to read on. */
export interface Head {
  /** Of a request. */
  readonly method?: string;
  /** Of a response. */
  readonly status?: number;
  /** Those that matter, by name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** All others are shown and not kept. */
const KEPT = new Set(['transfer-encoding', 'content-length', 'content-type', 'content-encoding', 'upgrade']);
const HEAD_END = meaning('head-end', 'http', 'empty line: the headers end');

/** Reads one head, line by line (RFC 9112, sections 2 to 5). */
export class HeadReader {
  readonly #tape: Tape;
  readonly #lines: LineKeeper;
  readonly #begin: () => void;
  readonly #headers = new Map<string, string>();
  #method: string | undefined;
  #status: number | undefined;
  #hasBegun = false;

  /** @param begin called before the first byte is taken. */
  constructor(tape: Tape, limitBytes: number, begin: () => void) {
    this.#tape = tape;
    this.#lines = new LineKeeper(tape, limitBytes);
    this.#begin = begin;
  }

  /** Reads up to the end of a line; the last one brings the head. */
  read(bytes: Uint8Array): Progress & { readonly head?: Head } {
    if (!this.#hasBegun) this.#begin();
    this.#hasBegun = true;
    const { used, line } = this.#lines.read(bytes);
    if (line === undefined) return { used, problem: this.#lines.isTooLong ? 'an endless line' : undefined };
    if (this.#method === undefined && this.#status === undefined) return { used, problem: this.#startLine(line) };
    if (line !== '') return { used, problem: this.#header(line) };
    this.#tape.tellRest('outer', HEAD_END);
    return { used, head: { ...this.#start(), headers: this.#headers } };
  }

  #start(): Pick<Head, 'method' | 'status'> {
    if (this.#method !== undefined) return { method: this.#method };
    return this.#status === undefined ? {} : { status: this.#status };
  }

  #startLine(line: string): string | undefined {
    if (this.#tape.way === 'up') {
      const request = requestLine(line);
      if (!request) return 'no request line of HTTP/1.1';
      this.#method = request.method;
      this.#tape.tellRest('outer', meaning('request-line', 'http', 'method, resource, version'));
    } else {
      const status = statusLine(line);
      if (status === undefined) return 'no status line of HTTP/1.1';
      this.#status = status;
      this.#tape.tellRest('outer', meaning('status-line', 'http', statusNote(status)));
    }
    return undefined;
  }

  #header(line: string): string | undefined {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/s.exec(line) ?? [];
    if (name === undefined) return 'no header field';
    const key = name.toLowerCase();
    if (KEPT.has(key)) this.#headers.set(key, value);
    this.#tape.tellRest('outer', meaning('header', 'http', headerNote(key, value)));
    return undefined;
  }
}
