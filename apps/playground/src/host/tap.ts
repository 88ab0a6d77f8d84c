import type { TapPiece } from '../control-protocol.js';

/** What may wait for a page; beyond it bytes are counted and not sent. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Most of what one batch carries, so that no batch keeps the streams waiting for long. */
const MAX_BATCH_BYTES = 256 * 1024;
/** What a piece costs beside its bytes. */
const PIECE_BYTES = 200;

/** A piece before it is put into text. */
interface Waiting extends Omit<TapPiece, 'data'> {
  readonly bytes: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Pieces on their way to one page, of all lanes that it taps. It never holds a stream up: a page that is too slow misses some. */
export class TapQueue {
  #pieces: Waiting[] = [];
  #waitingBytes = 0;
  /** Bytes that were left out, by the name of the direction they belong to. */
  readonly #missed = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Takes a piece, or leaves it out when too much is waiting. */
  add(piece: Waiting): void {
    if (this.#waitingBytes <= MAX_WAITING_BYTES) return this.#push(piece);
    const key = keyOf(piece);
    this.#missed.set(key, (this.#missed.get(key) ?? 0) + piece.bytes.length);
  }

  /** The end of a connection's traffic. It is never left out, and neither is what was left out before. */
  end({ end, ...of }: Pick<Waiting, 'lane' | 'connection' | 'atMs'> & Required<Pick<Waiting, 'end'>>): void {
    if (this.#missed.has(keyOf({ ...of, way: 'up' }))) this.#push({ ...of, way: 'up', bytes: NOTHING });
    this.#push({ ...of, way: 'down', bytes: NOTHING, end });
  }

  /** The next pieces, the oldest first. */
  take(): readonly TapPiece[] {
    let [count, bytes] = [0, 0];
    for (const piece of this.#pieces) {
      if (count > 0 && bytes + piece.bytes.length > MAX_BATCH_BYTES) break;
      bytes += piece.bytes.length;
      count += 1;
    }
    const taken = this.#pieces.splice(0, count);
    this.#waitingBytes -= bytes + count * PIECE_BYTES;
    return taken.map(({ bytes: data, ...piece }) => ({ ...piece, data: data.toString('base64') }));
  }

  #push(piece: Waiting): void {
    const key = keyOf(piece);
    const missed = this.#missed.get(key);
    this.#missed.delete(key);
    this.#pieces.push(missed === undefined ? piece : { ...piece, missed });
    this.#waitingBytes += piece.bytes.length + PIECE_BYTES;
  }
}

function keyOf({ lane, connection, way }: Pick<Waiting, 'lane' | 'connection' | 'way'>): string {
  return `${lane} ${connection} ${way}`;
}
