import { Exchanges } from './exchanges.js';
import { DEFAULT_TEXTS, type TextPath } from './json.js';
import type { Parts } from './parts.js';
import { SideReader } from './side.js';
import type { Span, Way } from './span.js';
import { Tape } from './tape.js';

/** How a connection is read. */
export interface ReaderOptions {
  /** Where tokens' texts are in an event's JSON. Default: `delta.text` and `choices.0.delta.content`. */
  readonly texts?: readonly TextPath[];
  /**
   * How much is kept at most of one thing that is not understood before its end: a line of a head, the beginning of a
   * JSON text, what a client says before its upgrade is answered. In bytes, default 16 384, at least 64. What is longer
   * becomes `unknown`, or is shown without its meaning.
   */
  readonly limitBytes?: number;
  /**
   * Whether the tap has seen the connection from its first byte on; default true. Otherwise reading begins where a
   * piece begins with a start line, or with what looks like a chunk or a frame; everything before is `unknown`.
   */
  readonly fromStart?: boolean;
}

const WAYS = ['up', 'down'] as const;

/**
 * Reads one TCP connection while it goes on, as a tap sees it: HTTP/1.1, and in its bodies SSE, NDJSON and JSON; after
 * an upgrade WebSocket frames. It never throws for what it reads: what it cannot read is given out as `unknown`.
 */
export class ConnectionReader {
  readonly connection: number;
  readonly #tapes: Record<Way, Tape>;
  readonly #sides: Record<Way, SideReader>;
  readonly #fed: Record<Way, number> = { up: 0, down: 0 };
  readonly #given: Record<Way, number> = { up: 0, down: 0 };

  constructor(connection: number, options: ReaderOptions = {}) {
    const { texts = DEFAULT_TEXTS, limitBytes = 16_384, fromStart = true } = options;
    this.connection = connection;
    const rules = { texts, limitBytes: Math.max(64, limitBytes) };
    const exchanges = new Exchanges((isSocket) => this.#sides.up.upgraded(isSocket));
    this.#tapes = { up: new Tape(connection, 'up'), down: new Tape(connection, 'down') };
    this.#sides = {
      up: new SideReader(this.#tapes.up, exchanges, rules),
      down: new SideReader(this.#tapes.down, exchanges, rules),
    };
    if (!fromStart) for (const way of WAYS) this.#sides[way].lose('began before it was watched');
  }

  /** Bytes of all spans that were given out. With those in `pending` they are all that was fed. */
  get totals(): Readonly<Record<Way, Parts>> {
    return { up: this.#tapes.up.totals, down: this.#tapes.down.totals };
  }

  /** Bytes that were fed and are not understood yet. */
  get pending(): Readonly<Record<Way, number>> {
    return { up: this.#fed.up - this.#given.up, down: this.#fed.down - this.#given.down };
  }

  /**
   * Takes what came. The bytes must not change afterwards: spans show them where they are.
   * @param atMs when it came.
   * @returns what is understood by now. An answer to an upgrade can bring spans of the other direction too.
   */
  feed(way: Way, bytes: Uint8Array, atMs: number): Span[] {
    this.#fed[way] += bytes.length;
    this.#tapes[way].atMs = atMs;
    this.#sides[way].read(bytes);
    return this.#take();
  }

  /** Bytes went past that nobody saw. Reading goes on as with `fromStart: false`. */
  skip(way: Way, bytes: number): Span[] {
    this.#sides[way].lose(`after ${bytes} bytes that were not seen`);
    const spans = this.#take();
    this.#tapes[way].skip(bytes);
    return spans;
  }

  /** One direction, or both, ended: gives out what was kept. What is fed after it begins with a head. */
  end(way?: Way): Span[] {
    for (const one of WAYS) if (way === undefined || way === one) this.#sides[one].end();
    return this.#take();
  }

  #take(): Span[] {
    const spans = WAYS.flatMap((way) => this.#tapes[way].take());
    for (const { way, bytes } of spans) this.#given[way] += bytes.length;
    return spans;
  }
}
