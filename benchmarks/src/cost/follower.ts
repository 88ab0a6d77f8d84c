const TOKEN = '"type":"content_block_delta"';
const TERMINAL = '"type":"message_stop"';

/** Counts in a text that comes in pieces: as much of the last piece is kept as an incomplete marker can be long. */
export class Follower {
  tokens = 0;
  finished = false;
  #tail = '';

  hear(piece: string): void {
    const text = this.#tail + piece;
    let last = 0;
    for (let at = text.indexOf(TOKEN); at >= 0; at = text.indexOf(TOKEN, last)) {
      this.tokens += 1;
      last = at + TOKEN.length;
    }
    if (text.includes(TERMINAL)) this.finished = true;
    this.#tail = text.slice(Math.max(last, text.length - TOKEN.length + 1));
  }
}
