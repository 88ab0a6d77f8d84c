import type { IncomingMessage } from 'node:http';

import { TokenwireError } from '@tokenwire/protocol';

import { keyedDigest } from './keyed-digest.js';

/** A name, a colon, a token: what `Authorization: Bearer` can carry (RFC 6750, section 2.1), of at least 16 characters. */
const USER = /^([\w.@-]{1,64}):([\w.~+/-]{16,512}=*)$/;

const BEARER = /^Bearer +(\S+)$/i;

/** Who may use a server, and the tokens that prove it. Tokens are not kept, only digests of them. */
export class Users {
  readonly #digest = keyedDigest();
  readonly #nameByDigest = new Map<string, string>();

  /**
   * Reads `name:token` pairs, one a line or separated by commas; empty lines and lines that begin with `#` are
   * skipped. A name may occur again with another token, for the time in which tokens are changed.
   * @throws {Error} naming the line, never what stands in it.
   */
  constructor(text: string) {
    for (const [index, line] of text.split(/[\n,]/).entries()) {
      const pair = line.trim();
      if (pair === '' || pair.startsWith('#')) continue;
      const [, name = '', token = ''] = USER.exec(pair) ?? [];
      const digest = this.#digest(token);
      if (token === '') throw new Error(`user ${index + 1} is not name:token, with a token of 16 characters or more`);
      if (this.#nameByDigest.has(digest)) throw new Error(`the token of user ${index + 1} is given twice`);
      this.#nameByDigest.set(digest, name);
    }
    if (this.#nameByDigest.size === 0) throw new Error('there is no user');
  }

  /**
   * Whose token it is.
   * @throws {TokenwireError} `unauthenticated`.
   */
  readonly ownerOfToken = (token: string): string => {
    const name = this.#nameByDigest.get(this.#digest(token));
    if (name === undefined) throw new TokenwireError('unauthenticated', 'This token is not known here.');
    return name;
  };

  /**
   * Whose request it is, by `Authorization: Bearer`.
   * @throws {TokenwireError} `unauthenticated`.
   */
  readonly ownerOf = ({ headers }: IncomingMessage): string => {
    const token = BEARER.exec(headers.authorization ?? '')?.[1];
    if (token !== undefined) return this.ownerOfToken(token);
    throw new TokenwireError('unauthenticated', 'Send your token as Authorization: Bearer.');
  };

  /** How many tokens are known: all that a log may show. */
  toJSON(): number {
    return this.#nameByDigest.size;
  }
}
