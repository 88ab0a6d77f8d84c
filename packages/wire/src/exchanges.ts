import type { Head } from './heads.js';
import type { Way } from './span.js';

/** How what follows a head is delimited (RFC 9112, section 6.3). `length` without an end: until the connection ends. */
export interface BodyKind {
  readonly kind: 'none' | 'length' | 'chunked' | 'frames' | 'waiting';
  /** Of `length`; may be Infinity. */
  readonly bytes?: number;
}

interface Asked {
  readonly method: string;
  readonly upgrades: boolean;
}

/** More requests than this in flight are not kept in mind. */
const PIPELINE_LIMIT = 256;

const isInterim = (status: number): boolean => status < 200 && status !== 101;

/** Which answer belongs to which request of a connection. */
export class Exchanges {
  readonly #asked: Asked[] = [];
  readonly #count: Record<Way, number> = { up: 0, down: 0 };
  readonly #onUpgrade: (isSocket: boolean) => void;
  #wasInterim = false;

  /** @param onUpgrade what to do when a request to upgrade is answered. */
  constructor(onUpgrade: (isSocket: boolean) => void) {
    this.#onUpgrade = onUpgrade;
  }

  /** A head begins: the number of its exchange. An interim answer and the final one have the same. */
  begin(way: Way): number {
    if (way === 'down' && this.#wasInterim) return this.#count.down - 1;
    return this.#count[way]++;
  }

  /** How the body after a head is delimited. */
  bodyOf(way: Way, head: Head): BodyKind {
    return way === 'up' ? this.#requestBody(head) : this.#responseBody(head);
  }

  /** To be called when the reader is ready for what follows this head. */
  settle(way: Way, { status = 0 }: Head): void {
    if (way === 'up') return;
    this.#wasInterim = isInterim(status);
    if (this.#wasInterim) return;
    const asked = this.#asked.shift();
    if (asked?.upgrades) this.#onUpgrade(status === 101);
  }

  #requestBody({ method = '', headers }: Head): BodyKind {
    const upgrades = headers.get('upgrade')?.toLowerCase() === 'websocket';
    if (this.#asked.length < PIPELINE_LIMIT) this.#asked.push({ method, upgrades });
    const body = delimited(headers);
    if (body) return body;
    return { kind: upgrades ? 'waiting' : 'none' };
  }

  #responseBody({ status = 0, headers }: Head): BodyKind {
    if (status === 101) return { kind: 'frames' };
    const isEmpty = status < 200 || status === 204 || status === 304 || this.#asked[0]?.method === 'HEAD';
    if (isEmpty) return { kind: 'none' };
    return delimited(headers) ?? { kind: 'length', bytes: Number.POSITIVE_INFINITY };
  }
}

function delimited(headers: ReadonlyMap<string, string>): BodyKind | undefined {
  const coding = headers.get('transfer-encoding')?.toLowerCase();
  if (coding !== undefined) {
    const isChunked = coding.split(',').at(-1)?.trim() === 'chunked';
    return isChunked ? { kind: 'chunked' } : { kind: 'length', bytes: Number.POSITIVE_INFINITY };
  }
  const length = headers.get('content-length');
  if (length === undefined) return undefined;
  const bytes = /^\d{1,15}$/.test(length) ? Number(length) : Number.POSITIVE_INFINITY;
  return bytes === 0 ? { kind: 'none' } : { kind: 'length', bytes };
}
