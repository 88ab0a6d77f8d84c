import { decoderFor, type Decoder } from './decoder.js';
import type { Answer, Arrival, ContentArrival } from './exchange.js';
import { splitterFor, type UnitSplitter } from './units.js';

/** So many pieces are remembered one by one; later ones only counted. */
const MAX_ARRIVALS = 20_000;
/** So much content is looked at, in bytes: a compressed bomb, or an endless fast stream, ends here. */
const MAX_CONTENT_BYTES = 64 << 20;
const HEAD_CHARACTERS = 2_000;

type Recorded = Pick<Answer, 'wire' | 'wireBytes' | 'content' | 'contentBytes' | 'head' | 'decodeError'>;

/** Notes when the pieces of a body arrive, in bounded memory. */
export class Recorder {
  readonly #wire: Arrival[] = [];
  readonly #content: ContentArrival[] = [];
  readonly #text = new TextDecoder();
  readonly #now: () => number;
  readonly #onUnit: (text: string, atMs: number) => void;
  readonly #decoder: Decoder | undefined;
  readonly #units: UnitSplitter;
  #wireBytes = 0;
  #contentBytes = 0;
  #head = '';
  #decodeError: string | undefined;

  /** @param now milliseconds since the request was sent */
  constructor(
    { encoding, mediaType }: { readonly encoding: string; readonly mediaType: string },
    now: () => number,
    onUnit: (text: string, atMs: number) => void = () => {},
  ) {
    this.#now = now;
    this.#onUnit = onUnit;
    this.#units = splitterFor(mediaType);
    this.#decoder = decoderFor(
      encoding,
      (bytes) => this.#take(bytes),
      (message) => (this.#decodeError = message),
    );
    if (this.#decoder === undefined) this.#decodeError = `unknown Content-Encoding: ${encoding.slice(0, 40)}`;
  }

  /** Whether as much was recorded as ever will be. */
  get full(): boolean {
    return this.#contentBytes >= MAX_CONTENT_BYTES || this.#wireBytes >= MAX_CONTENT_BYTES;
  }

  /** A piece came from the network. */
  push(bytes: Uint8Array): void {
    this.#wireBytes += bytes.length;
    if (this.#wire.length < MAX_ARRIVALS) this.#wire.push({ atMs: this.#now(), bytes: bytes.length });
    if (!this.full) this.#decoder?.write(bytes);
  }

  /** No more pieces: gives what was recorded once all of it is decompressed. */
  async finish(): Promise<Recorded> {
    const decoder = this.#decoder;
    if (decoder !== undefined && !this.full) await new Promise<void>((done) => decoder.end(done));
    decoder?.destroy();
    return {
      wire: this.#wire,
      wireBytes: this.#wireBytes,
      content: this.#content,
      contentBytes: this.#contentBytes,
      head: this.#head,
      ...(this.#decodeError === undefined ? {} : { decodeError: this.#decodeError }),
    };
  }

  #take(bytes: Uint8Array): void {
    const atMs = this.#now();
    this.#contentBytes += bytes.length;
    const text = this.#text.decode(bytes, { stream: true });
    if (this.#head.length < HEAD_CHARACTERS) this.#head += text.slice(0, HEAD_CHARACTERS);
    const units = this.#units.push(text);
    for (const unit of units) this.#onUnit(unit, atMs);
    if (this.#content.length < MAX_ARRIVALS)
      this.#content.push({
        ...{ atMs, bytes: bytes.length, midUnit: this.#units.open },
        units: this.#units.known ? units.length : 0,
      });
  }
}
