import { decoderFor, type Decoder } from './decoder.js';
import { header, mediaType, type Answer, type Arrival, type ContentArrival } from './exchange.js';
import { splitterFor, type UnitSplitter } from './units.js';

/** So many pieces are remembered one by one; later ones only counted. */
const MAX_ARRIVALS = 20_000;
/** So much content is looked at, in bytes: a compressed bomb, or an endless fast stream, ends here. */
const MAX_CONTENT_BYTES = 64 << 20;
const HEAD_CHARACTERS = 2_000;

/** What the recorder knows of an answer. */
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

  /**
   * @param answer whose headers say how the body is compressed, and what it is made of
   * @param now milliseconds since the request was sent
   */
  constructor(
    answer: Pick<Answer, 'headers'>,
    now: () => number,
    onUnit: (text: string, atMs: number) => void = () => {},
  ) {
    const encoding = (header(answer, 'content-encoding') ?? '').trim().toLowerCase();
    this.#now = now;
    this.#onUnit = onUnit;
    this.#units = splitterFor(mediaType(answer));
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

  /** No more pieces: the answer, with what was recorded, once all of it is decompressed. */
  async answer(about: Omit<Answer, 'kind' | 'endMs' | keyof Recorded>): Promise<Answer> {
    const endMs = this.#now();
    const decoder = this.#decoder;
    if (decoder !== undefined && !this.full) await new Promise<void>((done) => decoder.end(done));
    decoder?.destroy();
    return {
      kind: 'answer',
      ...about,
      endMs,
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
    // What has been written to it already could grow a thousandfold.
    if (this.full) this.#decoder?.destroy();
    const text = this.#text.decode(bytes, { stream: true });
    if (this.#head.length < HEAD_CHARACTERS) this.#head += text.slice(0, HEAD_CHARACTERS);
    const units = this.#units.push(text);
    for (const unit of units) this.#onUnit(unit, atMs);
    if (this.#content.length < MAX_ARRIVALS)
      this.#content.push({
        atMs,
        bytes: bytes.length,
        midUnit: this.#units.open,
        units: this.#units.known ? units.length : 0,
      });
  }
}
